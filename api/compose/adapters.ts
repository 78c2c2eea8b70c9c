import type { AlbumStore } from "../domain/ports/album-store.ts";
import type { AnswerStore } from "../domain/ports/answer-store.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { FeedStore } from "../domain/ports/feed-store.ts";
import type { FriendStore } from "../domain/ports/friend-store.ts";
import type { LinkStore } from "../domain/ports/link-store.ts";
import type { MultipartUploads } from "../domain/ports/multipart.ts";
import type { PhotoStore, SignatureStore } from "../domain/ports/photo-store.ts";
import type { RelationStore } from "../domain/ports/relation-store.ts";
import type { TokenVerifier } from "../domain/ports/sign-in.ts";
import type { UploadPresigner, UrlSigner } from "../domain/ports/signing.ts";
import type { IssueUploadAccess } from "../domain/ports/upload-credentials.ts";
import type { UserStore } from "../domain/ports/user-store.ts";
import type { KnowsEdge } from "../plugins/verify-origin.ts";

/** What the use cases stand on, whatever keeps and signs behind it. */
export interface Adapters {
  readonly photos: PhotoStore & SignatureStore;
  readonly relations: RelationStore;
  readonly users: UserStore;
  readonly friends: FriendStore;
  readonly feed: FeedStore;
  readonly albums: AlbumStore;
  readonly links: LinkStore;
  readonly answers: AnswerStore;
  readonly presigner: UploadPresigner;
  readonly uploads: MultipartUploads;
  readonly issueUploadAccess: IssueUploadAccess;
  readonly verifier: TokenVerifier;
  readonly knowsEdge?: KnowsEdge | undefined;
  /** Resolves to the signer of the key in use. */
  readonly currentSigner: () => Promise<UrlSigner>;
  readonly now: Clock;
}
