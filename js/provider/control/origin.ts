// Who may use the control API. It takes no key, so a page of another site must not reach it, by whatever name it calls us.

import { tokenOf } from '../http/auth.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/**
 * True for programs (which send no Origin) and for the provider's own pages, under a loopback name: a site that resolves
 * its own name to this machine is refused by the name. With the provider's key any name will do.
 */
export function isOwnPage(request: Request, apiKey: string): boolean {
  const { host } = new URL(request.url);
  const asked = request.headers.get('host') ?? host;
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  if (origin !== null && origin !== 'null' && new URL(origin).host !== asked) return false;
  if (origin === 'null') return false;
  return LOOPBACK.test(asked) || tokenOf(request) === apiKey;
}
