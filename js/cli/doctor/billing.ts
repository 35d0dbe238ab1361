// Keys, and whether the billing systems can be read with them: asked as the server asks, one row each.
import type { Upstream } from '../../server/index.js';
import type { LoadedConfig, ServeConfig } from '../serve/config.js';
import { bad, masked, ok, skip, thrownAs, warn } from './check.js';
import type { Check } from './check.js';

/** The billing systems. */
export const PROVIDERS = ['stripe', 'paygentic'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What a provider's answers said besides. */
export interface Probed {
  readonly checks: readonly Check[];
  /** How far the provider's clock is ahead of ours, ms, and how sure that is; undefined: it did not say. */
  readonly skew?: { readonly ms: number; readonly within: number } | undefined;
}

/** What is asked of each. A customer that nobody has: what counts is whether the key may ask. */
const READS: Readonly<Record<ProviderName, readonly { id: string; path: string; right: string; needed: boolean }[]>> = {
  stripe: [
    {
      id: 'entitlements',
      path: '/v1/entitlements/active_entitlements?customer=cus_plangate_doctor&limit=1',
      right: 'Entitlements: read',
      needed: true,
    },
    { id: 'features', path: '/v1/entitlements/features?limit=1', right: 'Entitlements: read', needed: false },
    { id: 'products', path: '/v1/products?limit=1', right: 'Products: read', needed: false },
    { id: 'prices', path: '/v1/prices?limit=1', right: 'Prices: read', needed: false },
  ],
  paygentic: [
    {
      id: 'entitlements',
      path: '/v1/entitlements?customerId=plangate_doctor&limit=1',
      right: 'reading entitlements',
      needed: true,
    },
  ],
};

const TIMEOUT_MS = 15_000;

/** A key's own words: its kind and mode. */
export function keyChecks({ config, whereIs }: LoadedConfig): Check[] {
  return PROVIDERS.flatMap((name) => {
    const { apiKey } = config[name];
    return apiKey === undefined ? [] : [keyCheck(name, apiKey, config.mode, whereIs(`${name}.apiKey`))];
  });
}

function keyCheck(name: ProviderName, apiKey: string, mode: ServeConfig['mode'], where: string): Check {
  const id = `${name}.key`;
  const shown = masked(apiKey);
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    return bad(id, 'the key has spaces or line breaks in it', {
      where,
      hint: 'copy it again, without what is around it',
    });
  }
  if (name === 'paygentic') return ok(id, shown);
  const [, kind, said] = /^([a-z]+)_(live|test)_/.exec(apiKey) ?? [];
  if (kind === 'pk' || apiKey.startsWith('whsec_')) {
    const what = kind === 'pk' ? 'a publishable key' : "a webhook's secret";
    return bad(id, `${shown} is ${what}: it cannot read`, { where, hint: 'use a restricted key (rk_…)' });
  }
  if (said === undefined) {
    return warn(id, `${shown} does not say whether it is live or test`, {
      where,
      hint: 'Stripe’s begin with rk_ or sk_',
    });
  }
  if (mode !== undefined && mode !== said) {
    const hint = `set mode to ${said}, or use a ${mode} key`;
    return bad(id, `${shown} is a ${said} key, and mode is ${mode}: everything would be refused`, { where, hint });
  }
  if (kind === 'sk' && said === 'live') {
    const hint = 'a restricted key with Entitlements, Products and Prices: read is enough';
    return warn(id, `${shown} may do everything`, { where, hint });
  }
  return ok(id, `${shown}, ${said} mode`);
}

/** Asks a provider for a row of each list that the server reads. */
export async function probe(name: ProviderName, { config, whereIs }: LoadedConfig): Promise<Probed> {
  const { apiKey = '', baseUrl } = config[name];
  const headers = new Headers({ accept: 'application/json', authorization: `Bearer ${apiKey}` });
  if (name === 'stripe') {
    const { apiVersion, account } = config.stripe;
    if (apiVersion !== undefined) headers.set('stripe-version', apiVersion);
    if (account !== undefined) headers.set('stripe-account', account);
  }
  const checks: Check[] = [];
  let skew: Probed['skew'];
  for (const { id, path, right, needed } of READS[name]) {
    const begun = Date.now();
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(baseUrl.replace(/\/+$/, '') + path, { headers, redirect: 'manual', signal });
      await response.body?.cancel();
      skew ??= skewOf(response, begun);
      const found = readCheck(`${name}.${id}`, response.status, { right, needed, where: whereIs(`${name}.apiKey`) });
      checks.push(found);
      // The same for all that is left.
      if (response.status === 401) break;
    } catch (thrown) {
      checks.push(unreachable(`${name}.${id}`, thrown, baseUrl, whereIs(`${name}.baseUrl`)));
      break;
    }
  }
  return { checks, skew };
}

interface Wanted {
  readonly right: string;
  readonly needed: boolean;
  readonly where: string;
}

function readCheck(id: string, status: number, { right, needed, where }: Wanted): Check {
  const found = needed ? bad : warn;
  // That there is no such customer is an answer, too.
  if (status === 200 || status === 400 || status === 404) return ok(id, 'may be read');
  if (status === 401)
    return bad(id, 'the key is refused (401)', { where, hint: 'is it revoked, or of another account?' });
  if (status === 403) {
    const loss = needed ? '' : ': it will not be known what unlocks a feature';
    return found(id, `the key may not read this (403)${loss}`, { where, hint: `give it the right ${right}` });
  }
  if (status === 429) return warn(id, 'too many requests (429)', { hint: 'try again later' });
  if (status >= 300 && status < 400) {
    return bad(id, `it answers with a redirect (${status})`, {
      where,
      hint: 'set baseUrl to where it leads, if you trust it',
    });
  }
  return found(id, `it answers ${status}`, { where, hint: 'is baseUrl right? Else try again later' });
}

function unreachable(id: string, thrown: unknown, baseUrl: string, where: string): Check {
  const { message, cause, name } = thrown as Error;
  const why =
    name === 'TimeoutError' ? `no answer in ${TIMEOUT_MS / 1000} s` : cause instanceof Error ? cause.message : message;
  const hint = 'check the address, DNS, proxy and firewall';
  return bad(id, `${URL.canParse(baseUrl) ? new URL(baseUrl).origin : 'baseUrl'} is not reached: ${why}`, {
    where,
    hint,
  });
}

/** The Date header has whole seconds, and was written at some moment between question and answer. */
function skewOf(response: Response, begun: number): Probed['skew'] {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  const ended = Date.now();
  return { ms: date + 500 - (begun + ended) / 2, within: (ended - begun) / 2 + 500 };
}

const FINE_MS = 5000;

/** How the clocks differ. Webhooks are refused when they look too old, so the tolerance is the limit. */
export function clockCheck(skews: readonly (Probed['skew'] | undefined)[], toleranceSeconds: number): Check {
  const [skew] = skews.filter((one) => one !== undefined);
  if (!skew) return skip('clock', 'no billing system told its time');
  const off = Math.max(0, Math.abs(skew.ms) - skew.within);
  const shown = `${(Math.abs(skew.ms) / 1000).toFixed(1)} s ${skew.ms > 0 ? 'behind' : 'ahead of'} the billing system’s`;
  if (off < FINE_MS) return ok('clock', `within ${Math.ceil((off + skew.within) / 1000)} s of the billing system’s`);
  const hint = 'synchronise it (NTP, chrony)';
  if (off >= toleranceSeconds * 1000) {
    return bad('clock', `this machine’s clock is ${shown}: webhooks are refused, trials end at the wrong time`, {
      hint,
    });
  }
  return warn('clock', `this machine’s clock is ${shown}`, { hint });
}

/** The whole list of one customer, as the server would fetch it. */
export async function listCheck(upstream: Upstream, customer: string): Promise<Check> {
  try {
    const { entries, warnings, mode } = await upstream.fetch(customer);
    const what = `${customer} has ${entries} entitlements, ${mode} mode`;
    if (warnings.length === 0) return ok('list', what);
    const closed = warnings.map(({ code, featureKey }) => `${featureKey} (${code})`).join(', ');
    return warn('list', `${what}; ${warnings.length} are closed: ${closed}`, {
      hint: 'correct them in the billing system',
    });
  } catch (thrown) {
    return thrownAs('list', thrown);
  }
}
