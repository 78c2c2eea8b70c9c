/** How S3 writes keys in events and url-encoded lists: as forms do, with `+` for a space, but for their slashes. */
export function formEncode(key: string): string {
  return new URLSearchParams([["", key]]).toString().slice(1).replaceAll("%2F", "/");
}
