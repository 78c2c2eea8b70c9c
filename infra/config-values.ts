import { isIP } from "node:net";

/** Reads the text of one configuration value, or throws a WrongValueError. */
export type Parse<T> = (text: string) => T;

/** The message ends the sentence "latchkey:key is "value"; …" and says how to mend it. */
export class WrongValueError extends Error {}

export const boolean: Parse<boolean> = (text) => {
  if (text !== "true" && text !== "false") throw new WrongValueError("set it to true or false");
  return text === "true";
};

export function integer(from: number, to: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < from || value > to) {
      throw new WrongValueError(`set it to a whole number from ${from} to ${to}`);
    }
    return value;
  };
}

export function oneOf<const T extends string>(...choices: readonly T[]): Parse<T> {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new WrongValueError(`set it to ${choices.join(" or ")}`);
    return choice;
  };
}

export function oneOfNumbers(...choices: readonly number[]): Parse<number> {
  const parse = oneOf(...choices.map(String));
  return (text) => Number(parse(text));
}

export function listOf<T>(parseItem: Parse<T>): Parse<readonly T[]> {
  return (text) => {
    const items = parseList(text);
    const parsed = items.map((item) => {
      try {
        return parseItem(item);
      } catch (error) {
        throw error instanceof WrongValueError
          ? new WrongValueError(`${JSON.stringify(item)}: ${error.message}`)
          : error;
      }
    });
    const twice = items.find((item, index) => items.indexOf(item) !== index);
    if (twice !== undefined) throw new WrongValueError(`it names ${JSON.stringify(twice)} twice; name it once`);
    return parsed;
  };
}

export function nonEmpty<T>(parse: Parse<readonly T[]>): Parse<readonly T[]> {
  return (text) => {
    const items = parse(text);
    if (items.length === 0) throw new WrongValueError("name at least one");
    return items;
  };
}

/** `https://photos.example.com`, as a browser sends it in `Origin`; plain HTTP on this machine only. */
export const origin: Parse<string> = (text) => {
  const url = URL.parse(text);
  const mayBePlain = url?.hostname === "localhost" || url?.hostname === "127.0.0.1";
  if (url?.origin !== text || (url.protocol !== "https:" && !(url.protocol === "http:" && mayBePlain))) {
    throw new WrongValueError("give scheme, host and port only, in lower case, https except on localhost");
  }
  return text;
};

/** Where Cognito may redirect to: https, an app's own scheme, or http on localhost, and never with a fragment. */
export const redirectUrl: Parse<string> = (text) => {
  const url = URL.parse(text);
  if (!url || url.hash || text.includes("*") || (url.protocol === "http:" && url.hostname !== "localhost")) {
    throw new WrongValueError("give an absolute URL without fragment or wildcard, https except on http://localhost");
  }
  return text;
};

/** What `parse` takes, or nothing. */
export function optional(parse: Parse<string>): Parse<string> {
  return (text) => (text === "" ? "" : parse(text));
}

/** Text of one form, which `rule` says how to give. */
export function matching(pattern: RegExp, rule: string): Parse<string> {
  return (text) => {
    if (!pattern.test(text)) throw new WrongValueError(rule);
    return text;
  };
}

/** `media.photos.example.com`, in lower case as DNS compares it. */
export const hostName = matching(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
  "give a full host name in lower case, such as media.photos.example.com",
);

/** `E2QWRUHAPOMQZL`, or the UUID of a policy. */
export const cloudFrontId = matching(
  /^[A-Za-z0-9-]{8,36}$/,
  "give an id as CloudFront shows it, such as E2QWRUHAPOMQZL",
);

/** An OpenID provider's `iss`, from which Cognito finds everything else. */
export const issuer: Parse<string> = (text) => {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" || url.search || url.hash || text.endsWith("/")) {
    throw new WrongValueError("give the https URL of the issuer, without query or a slash at the end");
  }
  return text;
};

export const cidr: Parse<string> = (text) => {
  const [address = "", bits = "", ...rest] = text.split("/");
  const width = isIP(address) === 4 ? 32 : 128;
  // WAF takes every prefix but /0, which would be everybody.
  if (!isIP(address) || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) < 1 || Number(bits) > width) {
    throw new WrongValueError("give an address range such as 192.0.2.0/24 or 2001:db8::/32");
  }
  return text;
};

/** `example.com`, or nothing: the scope of a cookie that several subdomains share. */
export const cookieDomain: Parse<string> = (text) => {
  if (!/^([a-z0-9-]+(\.[a-z0-9-]+)+)?$/.test(text)) {
    throw new WrongValueError("give a domain in lower case, such as example.com, or nothing");
  }
  return text;
};

export const countryCode: Parse<string> = (text) => {
  if (!/^[A-Z]{2}$/.test(text)) throw new WrongValueError("give two capital letters of ISO 3166, such as KP");
  return text;
};

function parseList(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WrongValueError("set it to a list");
  }
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) {
    throw new WrongValueError("set it to a list of strings");
  }
  return value;
}
