// A body can be a JSON array of a provider's pages. The core reads pages, so the array is cut into its elements: byte
// offsets only, nothing is parsed here and the core sees the very bytes of the provider.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** 1 for `[` and `{`, -1 for `]` and `}`. */
const nesting = (byte: number): number =>
  byte === 0x5b || byte === 0x7b ? 1 : byte === 0x5d || byte === 0x7d ? -1 : 0;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Past the string that begins at `at`. */
function skipString(bytes: Uint8Array, at: number): number {
  for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at;
}

/** The elements of a JSON array; anything else is one page, and the core says what is wrong with it. */
export function splitPages(bytes: Uint8Array): Uint8Array[] {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isSpace(bytes[at])) at++;
  if (bytes[at] !== 0x5b) return [bytes];
  const pages: Uint8Array[] = [];
  let depth = 1;
  let start = at + 1;
  for (at = start; at < bytes.length && depth > 0; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = skipString(bytes, at);
    else depth += nesting(byte);
    if (depth === 0 || (depth === 1 && byte === COMMA)) {
      pages.push(bytes.subarray(start, at));
      start = at + 1;
    }
  }
  while (isSpace(bytes[at])) at++;
  return depth === 0 && at >= bytes.length ? pages : [bytes];
}
