const mapped = "::ffff:";

/**
 * What an address counts as: itself in IPv4, also when it is written as IPv6, and its /64 in IPv6, all of which one
 * household or one machine has to itself. Text that is no address counts as it is.
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  if (address.startsWith(mapped) && address.includes(".")) return address.slice(mapped.length);
  const [left = [], right] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const gap = right === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  const groups = [...left, ...gap, ...(right ?? [])].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
