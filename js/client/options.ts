import type { EngineOptions, LoadRequest } from '../engine/types.js';
import type { WasmOptions } from '../engine/source.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { invalidOption, refuseSecrets } from './errors.js';
import type { PlangateError } from './errors.js';

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
  /** Time and timers, for tests. */
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

type Validator = [expected: string, accepts: (value: unknown) => boolean];

const isType =
  (...types: string[]) =>
  (value: unknown): boolean =>
    types.includes(typeof value) && value !== null;
const oneOf = (...values: string[]): Validator => [values.join(' | '), (value) => values.includes(value as string)];
const callback: Validator = ['a function', isType('function')];
const positive: Validator = ['a positive number', (value) => typeof value === 'number' && value > 0];
const address: Validator = [
  'a non-empty address',
  (value) => String(value) !== '' && isType('string', 'object')(value),
];
// Options of the rules: the core reads them and says what is wrong.
const ruled: Validator = ['', () => true];

const JUNK = /^\s*$|^\(?(null|undefined|nil|none|nan)\)?$|^\[object/i;

const VALIDATORS: { readonly [name in keyof PlangateOptions]-?: Validator } = {
  url: ['an address or a function', (value) => (typeof value === 'function' ? true : address[1](value))],
  bootstrap: ['JSON text, bytes or an object', isType('string', 'object')],
  customer: ['an id', (value) => value === null || (typeof value === 'string' && !JUNK.test(value))],
  mode: oneOf('live', 'test'),
  format: oneOf('snapshot', 'stripe', 'paygentic'),
  fetch: callback,
  headers: ['an object or a function', isType('object', 'function')],
  credentials: oneOf('omit', 'same-origin', 'include'),
  timeoutMs: positive,
  maxBytes: positive,
  onError: callback,
  logger: ['an object with warn and error, or null', (value) => typeof value === 'object'],
  clock: ['an object with now, setTimeout and clearTimeout', isType('object')],
  wasmUrl: address,
  wasm: ['a WebAssembly.Module or bytes', isType('object')],
  merge: ruled,
  unlimitedValue: ruled,
  staleAfter: ruled,
  expireAfter: ruled,
  onExpired: ruled,
  defaults: ruled,
  overrides: ruled,
};

function validate(name: keyof PlangateOptions, value: unknown): void {
  const [expected, accepts] = VALIDATORS[name];
  if (accepts(value)) return;
  throw invalidOption(name, `${expected}, got ${typeof value === 'string' ? `"${value.slice(0, 40)}"` : typeof value}`);
}

/** Refuses ids that are no ids: the text of a missing value, and secret keys. */
export function validateCustomer(customer: unknown): asserts customer is string | null {
  validate('customer', customer);
  refuseSecrets('customer', String(customer));
}

/** Validates and completes the options. Throws INVALID_OPTION or SECRET_KEY_IN_CLIENT. */
export function readOptions(options: PlangateOptions): Settings {
  if (!isType('object')(options)) throw invalidOption('options', 'an object');
  const { logger = console, ...given } = options;
  const rules: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(VALIDATORS, name)) {
      logger?.warn(`plangate: unknown option ${name}`);
      continue;
    }
    validate(name as keyof PlangateOptions, value);
    if (VALIDATORS[name as keyof PlangateOptions] === ruled) rules[name] = value;
  }
  const { url, bootstrap, customer = null, mode, headers, maxBytes = 8 * 1024 * 1024 } = given;
  if (url === undefined && bootstrap === undefined) throw invalidOption('url', 'url or bootstrap to be given');
  validateCustomer(customer);
  if (typeof url !== 'function') refuseSecrets('url', String(url));
  if (typeof headers === 'object') refuseSecrets('headers', Object.values(headers).join(' '));
  return {
    ...given,
    customer,
    maxBytes,
    logger,
    rules: { ...rules, caps: { maxBytes } },
    request: { ...(mode && { mode }) },
    timeoutMs: given.timeoutMs ?? 10_000,
    clock: given.clock ?? systemClock,
  };
}
