import { mapBounded } from "./map-bounded.ts";
import { type Photo, photoKeys, type SignedPart, type WindowSignature } from "./photo.ts";
import type { Clock } from "./ports/clock.ts";
import type { SignatureStore } from "./ports/photo-store.ts";
import type { UrlSigner } from "./ports/signing.ts";
import { createSignatureMemo, type SignatureMemo } from "./signature-memo.ts";
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

/** Of each part, about 700 bytes each. */
const memoLimit = 20_000;
/** A cold list of 1000 must neither wait for one write after another nor open 1000 connections. */
const parallelWrites = 32;

export function createWindowSigner(options: WindowSignerOptions): SignForWindow {
  const { mediaUrl, windowSeconds, currentSigner, signatures, now } = options;
  const memos: Record<SignedPart, SignatureMemo> = {
    media: createSignatureMemo(memoLimit),
    original: createSignatureMemo(memoLimit),
  };

  const resourceOf: Record<SignedPart, (photo: Photo) => string> = {
    media: (photo) => `${mediaUrl}/${photoKeys.renditions(photo.id)}*`,
    original: (photo) => `${mediaUrl}/${photoKeys.original(photo.id)}`,
  };

  /** The window's signature, where this instance has it at hand: remembered, or read together with the photo. */
  function atHand(photo: Photo, part: SignedPart, keyId: string, expiresAt: Date): WindowSignature | undefined {
    const remembered = memos[part].recall(photo.id, keyId, expiresAt);
    const kept = photo.signatures?.[part];
    if (remembered || !kept) return remembered;
    if (!isForSameWindow(kept, { keyId, resource: resourceOf[part](photo), expiresAt })) return undefined;
    memos[part].remember(photo.id, kept);
    return kept;
  }

  async function signOnce({ photo, part }: ColdPart, signer: UrlSigner, expiresAt: Date) {
    const ours = sign(resourceOf[part](photo), signer, expiresAt);
    const agreed = signer.deterministic ? ours : await signatures.keepSignature(photo.id, part, ours);
    memos[part].remember(photo.id, agreed);
    return agreed;
  }

  return async (requests) => {
    const signer = await currentSigner();
    const windowEnd = windowExpiry(now(), windowSeconds);
    const cold = new Map<string, ColdPart>();

    const signed = requests.map(({ photo, parts, until }) => {
      const into: PartSignatures = {};
      const expiresAt = notPast(windowEnd, until);
      for (const part of parts) {
        // A right that ends within the window has an expiry of its own, which nobody shares.
        const signature =
          expiresAt === windowEnd
            ? atHand(photo, part, signer.keyId, expiresAt)
            : sign(resourceOf[part](photo), signer, expiresAt);
        if (signature) into[part] = signature;
        else addTo(cold, { photo, part }, into);
      }
      return into;
    });

    await mapBounded([...cold.values()], parallelWrites, async (each) => {
      const signature = await signOnce(each, signer, windowEnd);
      for (const into of each.into) into[each.part] = signature;
    });
    return signed;
  };
}

/** A part that nobody has signed in this window, as far as this instance knows, and every answer that waits for it. */
interface ColdPart {
  readonly photo: Photo;
  readonly part: SignedPart;
  readonly into: PartSignatures[];
}

/** However often a list repeats a photo, it is signed and kept once. */
function addTo(cold: Map<string, ColdPart>, part: Omit<ColdPart, "into">, into: PartSignatures): void {
  const key = `${part.part} ${part.photo.id}`;
  const waiting = cold.get(key)?.into ?? [];
  waiting.push(into);
  cold.set(key, { ...part, into: waiting });
}

function sign(resource: string, signer: UrlSigner, expiresAt: Date): WindowSignature {
  return { keyId: signer.keyId, resource, expiresAt, query: signer.signedQuery(resource, expiresAt) };
}
