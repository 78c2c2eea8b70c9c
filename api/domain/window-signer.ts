import { mapBounded } from "./map-bounded.ts";
import { type Photo, photoKeys, type SignedPart, type WindowSignature } from "./photo.ts";
import type { Clock, SignatureStore, UrlSigner } from "./ports.ts";
import { createSignatureMemo } from "./signature-memo.ts";
import { isForSameWindow, notPast, windowExpiry } from "./window.ts";

export interface SigningRequest {
  readonly photo: Photo;
  readonly parts: readonly SignedPart[];
  /** The end of the right that the signature rests on, if it has one. */
  readonly until?: Date | undefined;
}

/** One signature for each part asked for. */
export type PartSignatures = Partial<Record<SignedPart, WindowSignature>>;

/** Signs parts of photos such that a window has one signature per part, for every viewer, request and instance. */
export type SignForWindow = (requests: readonly SigningRequest[]) => Promise<PartSignatures[]>;

export interface WindowSignerOptions {
  /** The origin of the media distribution, without a slash at the end. */
  readonly mediaUrl: string;
  readonly windowSeconds: number;
  /** Resolves to the signer of the key in use; may fetch the key the first time. */
  readonly currentSigner: () => Promise<UrlSigner>;
  readonly signatures: SignatureStore;
  readonly now: Clock;
}

/** About 700 bytes each. */
const memoLimit = 20_000;
/** A cold list of 1000 must neither wait for one write after another nor open 1000 connections. */
const parallelWrites = 32;

export function createWindowSigner(options: WindowSignerOptions): SignForWindow {
  const { mediaUrl, windowSeconds, currentSigner, signatures, now } = options;
  const memo = createSignatureMemo(memoLimit);

  const resourceOf: Record<SignedPart, (photo: Photo) => string> = {
    media: (photo) => `${mediaUrl}/${photoKeys.renditions(photo.id)}*`,
    original: (photo) => `${mediaUrl}/${photoKeys.original(photo.id)}`,
  };

  /** The window's signature, where this instance has it at hand: remembered, or read together with the photo. */
  function atHand(photo: Photo, part: SignedPart, keyId: string, expiresAt: Date): WindowSignature | undefined {
    const resource = resourceOf[part](photo);
    const remembered = memo.recall(resource, keyId, expiresAt);
    if (remembered) return remembered;
    const kept = photo.signatures?.[part];
    if (!kept || !isForSameWindow(kept, { keyId, resource, expiresAt })) return undefined;
    memo.remember(kept);
    return kept;
  }

  async function signOnce(
    photo: Photo,
    part: SignedPart,
    signer: UrlSigner,
    expiresAt: Date,
  ): Promise<WindowSignature> {
    const ours = sign(resourceOf[part](photo), signer, expiresAt);
    const agreed = signer.deterministic ? ours : await signatures.keepSignature(photo.id, part, ours);
    memo.remember(agreed);
    return agreed;
  }

  return async (requests) => {
    const signer = await currentSigner();
    const windowEnd = windowExpiry(now(), windowSeconds);
    const cold: { photo: Photo; part: SignedPart; into: PartSignatures }[] = [];

    const signed = requests.map(({ photo, parts, until }) => {
      const into: PartSignatures = {};
      const expiresAt = notPast(windowEnd, until);
      for (const part of parts) {
        // A right that ends within the window has an expiry of its own, which nobody shares.
        const signature =
          expiresAt === windowEnd
            ? atHand(photo, part, signer.keyId, windowEnd)
            : sign(resourceOf[part](photo), signer, expiresAt);
        if (signature) into[part] = signature;
        else cold.push({ photo, part, into });
      }
      return into;
    });

    await mapBounded(cold, parallelWrites, async ({ photo, part, into }) => {
      into[part] = await signOnce(photo, part, signer, windowEnd);
    });
    return signed;
  };
}

function sign(resource: string, signer: UrlSigner, expiresAt: Date): WindowSignature {
  return { keyId: signer.keyId, resource, expiresAt, query: signer.signedQuery(resource, expiresAt) };
}
