import { readFileSync } from "node:fs";

/** A wrong rule: a line of a file of the domain, and what takes its place. */
export interface Mutation {
  readonly file: string;
  readonly line: string;
  readonly mutated: string;
}

const inFile =
  (file: string) =>
  (line: string, mutated: string): Mutation => ({ file, line, mutated });

const policy = inFile("policy.ts");
const friendship = inFile("friendship.ts");
const members = inFile("use-cases/albums/manage-members.ts");
const window = inFile("window.ts");
const openLink = inFile("use-cases/links/open-link.ts");
const linkTarget = inFile("use-cases/links/link-target.ts");

/** Mistakes as a hasty change might make them. Each says what would be true then. */
export const mutants: Readonly<Record<string, Mutation>> = {
  "friends see private photos": policy('photo.visibility === "friends" && areFriends', "areFriends"),
  "strangers see what is for friends": policy(
    'photo.visibility === "friends" && areFriends(relation.friendship)',
    'photo.visibility === "friends"',
  ),
  "who asks is a friend": friendship('theyAsk ? "accepted" : "outgoing"', '"accepted"'),
  "a block leaves a member what the album gave": policy(
    'if (isBlocked(relation.friendship)) return { allow: false, because: "blocked" };',
    "",
  ),
  "only one's own block counts": friendship("mine.blocks || theirs.blocks", "mine.blocks"),
  "a block leaves a friendship to wake up again": friendship("} = part(friendship);", "} = friendship;"),
  "to part leaves the other one asking": friendship("theirs: { ...theirs, asks: false }", "theirs"),

  "what is in the trash is still seen": policy("const status = statusOf(photo);", "const { status } = photo;"),
  "others know of what is rejected": policy(
    'status === "processing" && viewer !== undefined',
    'status !== "trashed" && viewer !== undefined',
  ),
  "a link leads to what is not ready": policy(" && viewer !== undefined);", ");"),
  "what is not ready has URLs": inFile("use-cases/photos/plan-urls.ts")('status !== "ready"', 'status === "trashed"'),
  "anybody manages a photo": policy(
    'return { allow: false, because: "not-owner" };',
    'return { allow: true, because: "owner" };',
  ),

  "who sees a public photo may have the original": policy(
    'view.because === "member"',
    '["member", "public"].includes(view.because)',
  ),
  "friends may have the original": policy('view.because === "member"', '["member", "friend"].includes(view.because)'),
  "members have no originals of public photos": inFile("use-cases/photos/relate.ts")(
    '(visibility !== "public" || albumId !== undefined)',
    'visibility !== "public"',
  ),
  "the blocked have originals of public photos": policy(
    "relation.albumRole && !isBlocked(relation.friendship)",
    "relation.albumRole",
  ),

  "viewers add photos to an album": policy('addOwnPhotos: "contributor"', 'addOwnPhotos: "viewer"'),
  "whoever sees an album puts photos into it": inFile("use-cases/photos/change-photo.ts")('"addOwnPhotos"', '"view"'),
  "whoever sees an album uploads into it": inFile("use-cases/photos/reserve-uploads.ts")('"addOwnPhotos"', '"view"'),
  "contributors take others' photos out of an album": policy('takeOut: "manager"', 'takeOut: "contributor"'),
  "a photo is taken out of an album that it is not in": inFile("use-cases/albums/take-out-photo.ts")(
    "found?.albumId === albumId ? found : undefined",
    "found",
  ),
  "contributors rename an album": policy('rename: "manager"', 'rename: "contributor"'),
  "contributors share an album": policy('share: "manager"', 'share: "contributor"'),
  "contributors appoint": policy('appoint: "manager"', 'appoint: "contributor"'),
  "managers delete an album": policy('delete: "owner"', 'delete: "manager"'),
  "managers demote their equals and the owner": policy("(held && !outranks(role, held))", "false"),
  "managers dismiss their equals": policy("return outranks(role, held) ? appoint", "return role ? appoint"),
  "owners leave their album": policy('if (held === "owner") return { allow: false, because: "rank" };', ""),
  "the blocked are made members": members("if (!other) await refuseBlocked(viewer, userId);", ""),

  "whoever sees an album shares it": linkTarget('"share"', '"view"'),
  "a link shares what is in the trash": linkTarget("if (photo.trashedAt)", "if (!photo)"),
  "every link gives the original": policy("relation.link?.allowDownload && ", "relation.link && "),
  "an expired link opens": inFile("share-link.ts")("return now < expiresAt;", "return true;"),
  "a revoked link opens": inFile("use-cases/links/manage-links.ts")(
    "await links.remove(id, viewer.userId)",
    "viewer.userId !== undefined",
  ),
  "a link opens without its password": openLink(
    "if (password === undefined) throw new LinkPasswordRequiredError();",
    "if (password === undefined) return;",
  ),
  "a link opens by any password": openLink(
    "if (!(await passwords.matches(password, passwordHash))) throw new LinkPasswordWrongError();",
    "",
  ),

  "the feed has private photos": inFile("photo-changes.ts")(
    'statusOf(photo) === "ready" && photo.visibility !== "private"',
    'statusOf(photo) === "ready"',
  ),

  "a URL outlives the link": window("until && until < expiry ? until : expiry", "expiry"),
  "what a link hands out of a public photo outlives it": openLink("{ ...wanted, until: link.expiresAt }", "wanted"),
  "a URL lives for another window": window("+ 2) * windowMs", "+ 3) * windowMs"),
  "a URL ends with its window": window("+ 2) * windowMs", "+ 1) * windowMs"),
  "the signature of one photo opens all": inFile("window-signer.ts")(
    "photoKeys.renditions(photo.id)}*",
    'photoKeys.renditions("")}*',
  ),
  "the signature of renditions is that of the original": inFile("photo-urls.ts")(
    '? "original" : "media"',
    '? "media" : "media"',
  ),
};

/** The source of a file as a mutation has it, by its URL. Throws for a line that has been changed since: the mutant would be unlike what its title says. */
export function mutate({ file, line, mutated }: Mutation): { readonly url: string; readonly source: string } {
  const url = new URL(`../../domain/${file}`, import.meta.url);
  const parts = readFileSync(url, "utf8").split(line);
  if (parts.length !== 2) throw new Error(`${file} has ${JSON.stringify(line)} ${parts.length - 1} times, not once`);
  return { url: url.href, source: parts.join(mutated) };
}
