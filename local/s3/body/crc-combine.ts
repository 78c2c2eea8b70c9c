/** The generators in reflected form, which is how these CRCs are written: the highest bit stands for x⁰. */
const generators = {
  CRC32: { width: 32n, polynomial: 0xedb88320n },
  CRC32C: { width: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

export type CombinableCrc = keyof typeof generators;

export function isCombinable(algorithm: string): algorithm is CombinableCrc {
  return Object.hasOwn(generators, algorithm);
}

interface Field {
  readonly width: bigint;
  readonly polynomial: bigint;
}

/** The CRC of parts laid end to end, from their own CRCs and sizes, without reading a byte of them. */
export function combineCrcs(algorithm: CombinableCrc, parts: readonly { crc: Buffer; size: number }[]): Buffer {
  const field = generators[algorithm];
  // Appending n bytes multiplies the CRC before them by x^(8n) modulo the generator. Most parts are of one size.
  const powers = new Map<number, bigint>();
  const shift = (size: number) => {
    const power = powers.get(size) ?? powerOfX(field, 8n * BigInt(size));
    powers.set(size, power);
    return power;
  };
  const combined = parts.reduce((before, { crc, size }) => {
    return multiply(field, shift(size), before) ^ BigInt(`0x${crc.toString("hex")}`);
  }, 0n);
  return Buffer.from(combined.toString(16).padStart(Number(field.width) / 4, "0"), "hex");
}

function multiply({ width, polynomial }: Field, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = width - 1n; bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

function powerOfX(field: Field, exponent: bigint): bigint {
  let power = 1n << (field.width - 1n);
  let square = 1n << (field.width - 2n);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = multiply(field, power, square);
    square = multiply(field, square, square);
  }
  return power;
}
