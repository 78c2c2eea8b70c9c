import {
  type CloudFrontClient,
  GetKeyGroupCommand,
  PreconditionFailed,
  UpdateKeyGroupCommand,
} from "@aws-sdk/client-cloudfront";

const mostAttempts = 5;

/** The ids of a key group's public keys, and what an update of it must carry. */
export async function readKeyGroup(cloudFront: CloudFrontClient, Id: string) {
  const { KeyGroup, ETag } = await cloudFront.send(new GetKeyGroupCommand({ Id }));
  if (!KeyGroup?.KeyGroupConfig) throw new Error(`CloudFront answered without the configuration of key group ${Id}`);
  return { config: KeyGroup.KeyGroupConfig, items: KeyGroup.KeyGroupConfig.Items ?? [], ETag };
}

/** Changes which keys a group has, again from the start when somebody else changed it meanwhile. */
export async function changeKeyGroup(
  cloudFront: CloudFrontClient,
  Id: string,
  change: (items: readonly string[]) => string[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { config, items, ETag: IfMatch } = await readKeyGroup(cloudFront, Id);
    const changed = change(items);
    if (changed.length === items.length) return;
    try {
      await cloudFront.send(new UpdateKeyGroupCommand({ Id, KeyGroupConfig: { ...config, Items: changed }, IfMatch }));
      return;
    } catch (error) {
      if (!(error instanceof PreconditionFailed) || attempt === mostAttempts) throw error;
    }
  }
}
