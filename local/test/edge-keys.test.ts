import {
  CloudFrontClient,
  CreatePublicKeyCommand,
  DeletePublicKeyCommand,
  GetKeyGroupCommand,
  GetPublicKeyCommand,
  type KeyGroup,
  UpdateKeyGroupCommand,
} from "@aws-sdk/client-cloudfront";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { expect } from "chai";
import { cloudFrontApi } from "../edge/control.ts";
import { KeyRegistry } from "../edge/key-registry.ts";
import { distributionResources, keys, startTestEdge, type TestEdge } from "./support/edge.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";

const groupId = "group-1";
const all = ["CreatePublicKey", "DeletePublicKey", "GetKeyGroup", "GetPublicKey", "UpdateKeyGroup"];
const may = [{ Effect: "Allow", Action: all.map((name) => `cloudfront:${name}`), Resource: "*" } as const];

describe("CloudFront's key groups, changed while the edge serves", () => {
  let test: TestEdge;
  let services: TestAccount;
  let client: CloudFrontClient;

  before(async () => {
    test = await startTestEdge({ behaviour: { trustedKeyGroups: [groupId] } });
    test.origin = (_, response) => response.writeHead(200).end("body");
    const recording = recordingOf(...recordedRole("rotation", may), ...recordedRole("nobody", []));
    services = await startTestAccount(recording, async ({ authorize }) => [cloudFrontApi(test.edge, authorize)]);
    client = new CloudFrontClient(services.client(roleArn("rotation")));
  });
  after(async () => {
    client.destroy();
    await services.close();
    await test.close();
  });

  const group = () => client.send(new GetKeyGroupCommand({ Id: groupId }));
  const create = (reference: string, EncodedKey = keys.K3OTHER.publicKey) =>
    client.send(
      new CreatePublicKeyCommand({
        PublicKeyConfig: { CallerReference: reference, Name: `key-${reference}`, EncodedKey },
      }),
    );
  async function setItems(
    change: (items: readonly string[]) => string[],
    IfMatch?: string,
  ): Promise<KeyGroup | undefined> {
    const { KeyGroup: { KeyGroupConfig: config } = {}, ETag } = await group();
    if (!config) throw new Error("the key group has no configuration");
    const changed = { ...config, Items: change(config.Items ?? []) };
    const command = new UpdateKeyGroupCommand({ Id: groupId, KeyGroupConfig: changed, IfMatch: IfMatch ?? ETag });
    return (await client.send(command)).KeyGroup;
  }
  /** What the edge says of a URL that the key of `create` signed. */
  async function seen(keyPairId: string): Promise<number> {
    const dateLessThan = new Date(Date.now() + 60_000).toISOString();
    const url = `${test.edge.url}/media/1/640.webp`;
    const signed = getSignedUrl({ url, keyPairId, privateKey: keys.K3OTHER.privateKey, dateLessThan });
    return (await fetch(signed)).status;
  }

  it("trusts a key from when it is in the group until it is taken out", async () => {
    const { PublicKey: made, ETag, Location } = await create("one");
    const id = made?.Id ?? "";
    expect(Location ?? id).to.include(id);
    expect(await seen(id)).to.equal(403);
    const with3 = await setItems((items) => [...items, id]);
    expect(with3?.KeyGroupConfig?.Items).to.include(id);
    expect(await seen(id)).to.equal(200);
    const inUse = client.send(new DeletePublicKeyCommand({ Id: id, IfMatch: ETag }));
    expect((await rejection(inUse)).name).to.equal("PublicKeyInUse");
    await setItems((items) => items.filter((item) => item !== id));
    expect(await seen(id)).to.equal(403);
    await client.send(new DeletePublicKeyCommand({ Id: id, IfMatch: ETag }));
    expect((await rejection(client.send(new GetPublicKeyCommand({ Id: id })))).name).to.equal("NoSuchPublicKey");
  });

  const refused: Readonly<Record<string, [attempt: () => Promise<unknown>, code: string]>> = {
    "a second key of a name": [() => create("one").then(() => create("one")), "PublicKeyAlreadyExists"],
    "what is no key": [
      () => create("none", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
      "InvalidArgument",
    ],
    "a change of what has been changed since": [() => setItems((items) => [...items], "E000"), "PreconditionFailed"],
    "a key that there is not": [() => setItems((items) => [...items, "KNONE"]), "InvalidArgument"],
    "another group": [() => client.send(new GetKeyGroupCommand({ Id: "none" })), "NoSuchResource"],
    "whoever may not": [
      () => new CloudFrontClient(services.client(roleArn("nobody"))).send(new GetKeyGroupCommand({ Id: groupId })),
      "AccessDenied",
    ],
  };
  for (const [what, [attempt, code]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => expect((await rejection(attempt())).name).to.equal(code));
  }

  it("refuses a sixth key in a group", async () => {
    const made: string[] = [];
    for (const reference of ["2", "3", "4", "5", "6"]) made.push((await create(reference)).PublicKey?.Id ?? "");
    const error = await rejection(setItems((items) => [...items, ...made]));
    expect(error.name).to.equal("TooManyPublicKeysInKeyGroup");
  });

  it("keeps what was made and changed over a restart", async () => {
    const id = (await create("kept")).PublicKey?.Id ?? "";
    await setItems((items) => [...items, id]);
    await test.stop();
    const registry = new KeyRegistry(recordingOf(...distributionResources({})), test.dataDir);
    expect(registry.trusted([groupId]).get(id)?.asymmetricKeyType).to.equal("ec");
    expect(registry.publicKey(id)).to.include({ name: "key-kept", pem: keys.K3OTHER.publicKey });
    registry.close();
  });
});
