// The page's requests: Stripe's API for what it makes, the ledger's commands and questions for the rest.

import type { Deleted, ListFilters, Page, Rows } from '../../engine/billing.js';

/** A refusal as the provider words it. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    /** The provider's code: `KEY_TAKEN`, `resource_missing`; `HTTP 500` when it told none. */
    readonly code: string,
    message: string,
    /** The member or parameter at fault; '' when it is none in particular. */
    readonly param: string,
  ) {
    super(message);
  }
}

/** What the provider tells about itself. */
export interface Info {
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** RFC 3339. */
  readonly now: string;
  readonly frozen: boolean;
}

interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly type?: string;
    readonly message?: string;
    readonly param?: string;
  };
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refused('UNREACHABLE', 'The provider does not answer. Is it still running?', '');
  }
  if (response.ok) return response;
  const { error = {} } = (await response.json().catch(() => ({}))) as ErrorBody;
  const { code = error.type ?? `HTTP ${response.status}`, message = 'The provider refused this.', param = '' } = error;
  throw new Refused(code, message, param);
}

/** The control API: `control('clock', { do: 'freeze' })`; without a body it is read. */
export async function control<T>(path: string, body?: object | string, method = body ? 'POST' : 'GET'): Promise<T> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await send(`/_plangate/${path}`, { method, ...(text !== undefined && { body: text }) });
  return (await response.json()) as T;
}

/** A command of the ledger; ids of what is made are the provider's. */
export const command = <T = unknown>(name: string, members: object): Promise<T> =>
  control('command', { do: name, ...members });

/** A question to the ledger. */
export const ask = <T>(query: string, members: object = {}): Promise<T> => control('query', { query, ...members });

/** The most rows that the ledger gives at once. */
const PAGE = 100;
/** The most that the page reads of a catalogue: more would not be looked at. */
const MOST = 1000;

/** The first rows of a list: `limit` of them, in as many pages as that takes. */
export async function some<K extends keyof Rows>(
  kind: K,
  filters: ListFilters[K],
  { limit }: { readonly limit: number },
): Promise<Page<Rows[K]>> {
  const data: Rows[K][] = [];
  for (;;) {
    const wanted = Math.min(PAGE, limit - data.length);
    const page = await ask<Page<Rows[K]>>(kind, { ...filters, limit: wanted, offset: data.length });
    data.push(...page.data);
    if (!page.hasMore || page.data.length === 0 || data.length >= limit) return { ...page, data, offset: 0 };
  }
}

/** A whole list, as far as a page can show it. */
export const every = async <K extends keyof Rows>(kind: K, filters: ListFilters[K]): Promise<readonly Rows[K][]> =>
  (await some(kind, filters, { limit: MOST })).data;

export const isGone = (object: object): object is Deleted => 'deleted' in object;

let key: Promise<string> | undefined;

/** The provider's test key, which its own pages are told. */
function apiKey(): Promise<string> {
  key ??= control<Info>('info').then((info) => info.apiKey);
  key.catch(() => (key = undefined));
  return key;
}

/** The provider was started anew: it may have another key. */
export const forgetKey = (): void => void (key = undefined);

/** Stripe's API, form-encoded: `stripe('POST', 'customers', { name })`. Names are in bracket notation; '' is left out. */
export async function stripe<T = unknown>(
  method: 'POST' | 'DELETE',
  path: string,
  form: Readonly<Record<string, string | number | boolean | undefined>> = {},
): Promise<T> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value !== undefined && value !== '') body.set(name, `${value}`);
  const authorization = `Bearer ${await apiKey()}`;
  const response = await send(`/v1/${path}`, {
    method,
    headers: { authorization },
    ...(method === 'POST' && { body }),
  });
  return (await response.json()) as T;
}
