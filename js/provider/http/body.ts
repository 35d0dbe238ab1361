// Request bodies with a cap.

/** The most that a request may bring, bytes. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The body as text; `tooLarge` makes the error that is thrown above the cap. */
export async function readText(request: Request, tooLarge: () => Error): Promise<string> {
  if (!request.body) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
