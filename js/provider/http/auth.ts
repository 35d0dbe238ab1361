// Whose request it is: the key of an Authorization header.

/** The key: `Bearer key`, or Basic with the key as the user (`curl -u key:`). undefined: none was given. */
export function tokenOf(request: Request): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)$/.exec(request.headers.get('authorization')?.trim() ?? '') ?? [];
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString('utf8').split(':')[0] || undefined;
  return undefined;
}
