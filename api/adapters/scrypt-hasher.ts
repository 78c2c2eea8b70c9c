import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { TooManyRequestsError } from "../domain/errors.ts";
import type { PasswordHasher } from "../domain/ports/link-secrets.ts";

/** OWASP's figures for scrypt: 32 MiB and about a quarter of a second for each guess. */
const current = { ln: 15, r: 8, p: 3 } as const;
const saltBytes = 16;
const keyBytes = 32;
/** Of the four threads that Node shares with DNS and files, two stay free. */
const parallel = 2;
/** About four seconds of waiting at most; whoever comes then is sent away, not piled up. */
const waiting = 16;

interface Parameters {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** Hashes passwords by scrypt into `$scrypt$ln=…,r=…,p=…$salt$key`, a bounded number at a time. */
export function createScryptHasher(): PasswordHasher {
  const inTurn = createQueue();

  const derive = (password: string, salt: Buffer, { ln, r, p }: Parameters) =>
    inTurn(() => {
      const N = 2 ** ln;
      // Node's own limit is just below what these figures take.
      return scryptKey(password.normalize("NFKC"), salt, { N, r, p, maxmem: 2 * 128 * N * r });
    });

  return {
    async hash(password) {
      const salt = randomBytes(saltBytes);
      const key = await derive(password, salt, current);
      const { ln, r, p } = current;
      return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`;
    },

    async matches(password, hash) {
      const { salt, key, ...parameters } = parse(hash);
      return timingSafeEqual(await derive(password, salt, parameters), key);
    },
  };
}

function scryptKey(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Bounded, so that not even a damaged item makes the process allocate without end. */
const pattern = /^\$scrypt\$ln=(1[0-7]),r=(8),p=([1-9])\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

function parse(hash: string): Parameters & { readonly salt: Buffer; readonly key: Buffer } {
  const [, ln, r, p, salt, key] = pattern.exec(hash) ?? [];
  if (!salt || !key) throw new TypeError("A kept password hash is not one of scrypt's");
  return {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, "base64"),
    key: Buffer.from(key, "base64"),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}

function createQueue() {
  let running = 0;
  const queue: (() => void)[] = [];

  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running < parallel) running += 1;
    else if (queue.length >= waiting) throw new TooManyRequestsError("Too many passwords are being checked", 5);
    // Whoever is done hands their place on, so `running` stays as it is.
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await run();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
