import { invalidArgument } from "./s3-error.ts";

/*
 * Node gives and takes the values of headers as latin1, one character per byte. What comes by another way, in a query or a
 * form, is brought into that shape before it is treated as a header.
 */

export function toHeaderBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function fromHeaderBytes(value: string): string {
  return Buffer.from(value, "latin1").toString("utf8");
}

/** Throws InvalidArgument for a value that no header can carry, such as one that would begin another header. */
export function checkHeaderValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw invalidArgument(name, value, "Header value cannot be represented using ISO-8859-1.");
}
