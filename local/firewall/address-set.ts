import { BlockList, isIP } from "node:net";

export interface AddressSet {
  contains(address: string): boolean;
}

/** Addresses by CIDR blocks, IPv4 and IPv6; throws a RangeError that names the block that is none. */
export function addressSet(blocks: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = "", prefix, ...rest] = block.split("/");
    const family = familyOf(network);
    const bits = Number(prefix);
    const wellFormed = family !== undefined && prefix !== undefined && /^\d{1,3}$/.test(prefix) && rest.length === 0;
    if (!wellFormed || bits > (family === "ipv4" ? 32 : 128)) throw new RangeError(`"${block}" is not a CIDR block`);
    list.addSubnet(network, bits, family);
  }
  return {
    contains(address) {
      const family = familyOf(address);
      return family !== undefined && list.check(address, family);
    },
  };
}

/** A socket's address as AWS shows it: an IPv4 address that came over an IPv6 socket is an IPv4 address. */
export function viewerAddress(remoteAddress: string | undefined): string {
  return (remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : undefined;
}
