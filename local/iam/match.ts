/** Stands for `*` in a pattern. */
export const anyRun = Symbol("*");
/** Stands for `?` in a pattern. */
export const anyOne = Symbol("?");

/** Single characters and wildcards. What a policy variable brings in is characters, even when it brings in a star. */
export type Pattern = readonly (string | typeof anyRun | typeof anyOne)[];

/** Reads `*` and `?` as wildcards; IAM knows no escape for them but `${*}` and `${?}`. */
export function compilePattern(text: string): Pattern {
  return Array.from(text, (char) => (char === "*" ? anyRun : char === "?" ? anyOne : char));
}

export function matchesText(pattern: string, text: string): boolean {
  return matchesPattern(compilePattern(pattern), text);
}

/**
 * Whether a pattern covers a whole text. Only the latest star is ever tried again, so that no pattern of many stars
 * costs more than pattern times text.
 */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const chars = Array.from(text);
  let p = 0;
  let t = 0;
  let star = -1;
  let resumeAt = 0;
  while (t < chars.length) {
    const token = pattern[p];
    if (token === anyRun) {
      star = p++;
      resumeAt = t;
    } else if (token === anyOne || (token !== undefined && token === chars[t])) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === anyRun) p++;
  return p === pattern.length;
}

/**
 * Whether an ARN pattern covers an ARN, each of the six parts on its own: a star in one part does not reach into the
 * next, except in the last, which may hold colons.
 */
export function matchesArn(pattern: Pattern, arn: string): boolean {
  const patternParts = splitPattern(pattern);
  const arnParts = splitArn(arn);
  return (
    patternParts.length === 6 &&
    arnParts.length === 6 &&
    patternParts.every((part, index) => matchesPattern(part, arnParts[index] ?? ""))
  );
}

function splitArn(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function splitPattern(pattern: Pattern): Pattern[] {
  const parts: Pattern[] = [];
  let start = 0;
  for (let index = 0; index < pattern.length && parts.length < 5; index++) {
    if (pattern[index] !== ":") continue;
    parts.push(pattern.slice(start, index));
    start = index + 1;
  }
  return [...parts, pattern.slice(start)];
}
