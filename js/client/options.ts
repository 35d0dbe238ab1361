import type { EngineOptions, LoadRequest } from '../engine/types.js';
import type { WasmOptions } from '../engine/source.js';
import { DeviceClock } from './clock.js';
import type { Clock } from './clock.js';
import { invalidOption, refuseSecrets } from './errors.js';
import type { PlangateError } from './errors.js';
import type { Part } from './part.js';

/** A list that is already here: plangate snapshot JSON (text, bytes or parsed), or pages, see `format`. */
export type Bootstrap = string | Uint8Array | object;

/** Where warnings go. */
export interface Logger {
  warn(...data: unknown[]): void;
  error(...data: unknown[]): void;
}

/** Options of createPlangate. At least one of `url` and `bootstrap` is needed. */
export interface PlangateOptions extends Omit<EngineOptions, 'caps'>, WasmOptions {
  /** Where the customer's list is fetched from: your server, never the billing system itself. */
  url?: string | URL | ((customer: string | null) => string | URL);
  /** A list to answer from at once. With `url` as well, the list is also fetched in the background. */
  bootstrap?: Bootstrap;
  /** Whose list is expected; another customer's is refused. Absent: whoever the server says. */
  customer?: string | null;
  /** Live or test data; the other is refused. Absent: what the list says. */
  mode?: 'live' | 'test';
  /** What the body is: plangate's snapshot (default), or a provider's page or JSON array of pages (for development). */
  format?: 'snapshot' | 'stripe' | 'paygentic';
  /** Instead of the global fetch. */
  fetch?: typeof fetch;
  /** Request headers, or a function asked before each request (fresh tokens). */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** As in fetch(). */
  credentials?: 'omit' | 'same-origin' | 'include';
  /** A request is given up after this many ms; 10,000 unless told. */
  timeoutMs?: number;
  /** Larger bodies are refused; 8 MiB unless told. */
  maxBytes?: number;
  /** Called for every error, those before createPlangate resolves included. */
  onError?: (error: PlangateError) => void;
  /** Where warnings go; the console unless told, null for nowhere. */
  logger?: Logger | null;
  /** Additions: cache() of plangate/cache, live() of plangate/live. */
  use?: readonly Part[];
  /** Time and timers, for tests. The device's clock, corrected by the server's Date, unless told. */
  clock?: Clock;
}

/** Options after validation, defaults filled in. */
export interface Settings extends Omit<PlangateOptions, keyof EngineOptions | 'logger'> {
  rules: EngineOptions;
  request: LoadRequest;
  timeoutMs: number;
  maxBytes: number;
  clock: Clock;
  logger: Logger | null;
}

const JUNK = /^\s*$|^\(?(null|undefined|nil|none|nan)\)?$|^\[object/i;

/** What a value is, in the words of EXPECTED; `blank` is a text that stands for a missing value. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JUNK.test(value) ? 'blank' : 'text';
  return typeof value === 'number' && !(value > 0) ? 'NaN' : typeof value;
}

/** The rules' options: the core reads them and says what is wrong. */
const RULE = '';

/** The kinds that each option takes, or its words. Numbers are positive. */
const EXPECTED: { readonly [name in keyof PlangateOptions]-?: string | readonly unknown[] } = {
  url: 'text, object or function',
  bootstrap: 'text, blank or object',
  customer: 'text or null',
  mode: ['live', 'test'],
  format: ['snapshot', 'stripe', 'paygentic'],
  fetch: 'function',
  headers: 'object or function',
  credentials: ['omit', 'same-origin', 'include'],
  timeoutMs: 'number',
  maxBytes: 'number',
  onError: 'function',
  logger: 'object or null',
  use: 'object',
  clock: 'object',
  wasmUrl: 'text or object',
  wasm: 'object',
  merge: RULE,
  unlimitedValue: RULE,
  staleAfter: RULE,
  expireAfter: RULE,
  onExpired: RULE,
  defaults: RULE,
  overrides: RULE,
};

function validate(name: keyof PlangateOptions, value: unknown): void {
  const expected = EXPECTED[name];
  const fits = typeof expected === 'string' ? expected.includes(kindOf(value)) : expected.includes(value);
  if (!fits) throw invalidOption(name, String(expected));
}

/** Refuses ids that are no ids: the text of a missing value, and secret keys. */
export function validateCustomer(customer: unknown): asserts customer is string | null {
  validate('customer', customer);
  refuseSecrets('customer', customer);
}

/** Validates and completes the options. Throws INVALID_OPTION or SECRET_KEY_IN_CLIENT. */
export function readOptions(options: PlangateOptions): Settings {
  if (kindOf(options) !== 'object') throw invalidOption('options', 'object');
  const { logger = console, ...given } = options;
  const rules: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(EXPECTED, name)) logger?.warn(`plangate: unknown option ${name}`);
    else if (EXPECTED[name as keyof PlangateOptions] === RULE) rules[name] = value;
    else validate(name as keyof PlangateOptions, value);
  }
  const { url, bootstrap, customer = null, mode, headers, maxBytes = 8 * 1024 * 1024, timeoutMs = 10_000 } = given;
  const { clock = new DeviceClock() } = given;
  if (url === undefined && bootstrap === undefined) throw invalidOption('url', 'url or bootstrap');
  validateCustomer(customer);
  refuseSecrets('url', url);
  refuseSecrets('headers', headers);
  const request = mode ? { mode } : {};
  return { ...given, customer, maxBytes, logger, rules: { ...rules, caps: { maxBytes } }, request, timeoutMs, clock };
}
