// The configuration: the file, what the environment says above it, and the check of both.
import { existsSync } from 'node:fs';

import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';

import { nearest } from '../nearest.js';
import { EXIT, fail } from '../output.js';
import { readConfigFile } from './config-file.js';
import type { ConfigFile } from './config-file.js';
import { fromEnvironment, interpolate, isReference } from './environment.js';
import type { Environment } from './environment.js';
import { configSchema, SETTINGS, variableOf } from './settings.js';

/** One provider's settings. */
interface ProviderConfig {
  readonly apiKey?: string;
  readonly webhookSecrets?: readonly string[];
  readonly webhookToleranceSeconds: number;
  readonly baseUrl: string;
  readonly source: string;
  readonly allowHttp: boolean;
}

/** Who is asking. */
export interface CustomerConfig {
  readonly from?: 'token' | 'header' | 'nobody';
  readonly claim: string;
  readonly cookie?: string;
  readonly secret?: string;
  readonly publicKeysFile?: string;
  readonly jwksUrl?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly clockToleranceSeconds: number;
  readonly header: string;
  readonly allowRemoteHeader: boolean;
}

/** What `plangate serve` runs by; each key is explained in settings.ts. */
export interface ServeConfig {
  readonly host: string;
  readonly port: number;
  readonly basePath?: string;
  readonly mode?: 'live' | 'test';
  readonly source: string;
  readonly drainTimeoutMs: number;
  readonly stripe: ProviderConfig & { readonly apiVersion?: string; readonly account?: string };
  readonly paygentic: ProviderConfig & {
    readonly productId?: string;
    readonly merchantId?: string;
    readonly externalCustomerId: boolean;
    readonly customers?: Readonly<Record<string, string>>;
  };
  readonly customer: CustomerConfig;
  readonly store: { readonly url: string; readonly schema?: string; readonly prefix?: string };
  readonly cors: { readonly origins?: readonly string[] };
  readonly ofrep: { readonly apiKeys?: readonly string[] };
  readonly metrics: { readonly token?: string };
  readonly signing: { readonly privateKey?: string; readonly keyId?: string; readonly validForSeconds: number };
  readonly log: { readonly level: string };
  readonly freshFor: number;
  readonly staleFor: number;
  readonly negativeTtl: number;
  readonly refreshTimeoutMs: number;
  readonly visitorTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly catalogueEveryMs: number;
  readonly maxCustomers: number;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly maxBodyBytes: number;
  readonly queue: { readonly concurrency: number; readonly maxQueued: number };
  readonly reconcile: { readonly enabled: boolean; readonly olderThanMs: number; readonly everyMs: number };
  readonly stream: { readonly heartbeatMs: number; readonly maxStreams: number; readonly maxAgeMs: number };
  readonly rules: Readonly<Record<string, object>>;
}

/** A configuration, and where each of its keys was set: for errors that are found later. */
export interface LoadedConfig {
  readonly config: ServeConfig;
  /** The file it came from; undefined: the environment alone. */
  readonly file: string | undefined;
  readonly whereIs: (path: string) => string;
}

const DEFAULT_FILE = 'plangate.yaml';
type Tree = Record<string, unknown>;

/** Reads, joins and checks. Throws CliErrors that name the file, the line and the key, or the variable. */
export function loadConfig(asked: string | undefined, environment: Environment): LoadedConfig {
  const file = openFile(asked ?? environment['PLANGATE_CONFIG']);
  const tree: Tree = file ? (resolveTexts(file.data, [], file, environment) as Tree) : {};
  const variables = new Map<string, string>();
  const whereIs = (path: string): string =>
    variables.get(path) ?? (file ? file.whereIs(path.split('.')) : `${variableFor(path) ?? path} (no file was read)`);
  if (file) check(tree, whereIs);
  for (const { setting, variable, value } of fromEnvironment(environment)) {
    variables.set(setting.path, variable);
    put(tree, setting.path, value);
  }
  check(tree, whereIs);
  for (const { path, fallback } of SETTINGS) put(tree, path, get(tree, path) ?? fallback);
  return { config: tree as unknown as ServeConfig, file: file?.name, whereIs };
}

/** Whether there is anything to load: a file where it is looked for, or a setting in the environment. */
export const hasConfig = (environment: Environment): boolean =>
  existsSync(DEFAULT_FILE) || Object.keys(environment).some((name) => name.startsWith('PLANGATE_'));

function openFile(asked: string | undefined): ConfigFile | undefined {
  if (asked !== undefined && asked !== '') return readConfigFile(asked);
  return existsSync(DEFAULT_FILE) ? readConfigFile(DEFAULT_FILE) : undefined;
}

const variableFor = (path: string): string | undefined => {
  const setting = SETTINGS.find((one) => one.path === path);
  return setting && variableOf(setting);
};

/** Fills in `${NAME}`, and refuses secrets that are written into the file. */
function resolveTexts(value: unknown, path: (string | number)[], file: ConfigFile, environment: Environment): unknown {
  const inside = (child: unknown, key: string | number): unknown =>
    resolveTexts(child, [...path, key], file, environment);
  if (Array.isArray(value)) return value.map(inside);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inside(child, key)]));
  }
  if (typeof value !== 'string') return value;
  const name = path.filter((part) => typeof part === 'string').join('.');
  const setting = SETTINGS.find((one) => one.path === name);
  const harmless = name === 'store.url' && !hasPassword(value);
  if (setting?.secret && !harmless && !isReference(value)) {
    const variable = variableOf(setting);
    throw fail('SECRET_IN_FILE', `${name} is a secret and must not be written into the file`, {
      where: file.whereIs(path),
      hint: `set ${variable} or ${variable}_FILE, or write \${NAME} and set NAME`,
      exit: EXIT.usage,
    });
  }
  return interpolate(value, environment, file.whereIs(path));
}

const hasPassword = (url: string): boolean => /^[a-z+]+:\/\/[^/?#]*:[^/?#]*@/i.test(url) && !/:\$\{[^}]+\}@/.test(url);

const validate = new Ajv({ allErrors: true, strict: true }).compile(configSchema());

function check(tree: Tree, whereIs: (path: string) => string): void {
  if (validate(tree)) return;
  const [error] = validate.errors ?? [];
  if (!error) return;
  const { path, what, hint } = explain(error);
  throw fail('INVALID_CONFIG', what, { where: whereIs(path), hint, exit: EXIT.usage });
}

function explain({ instancePath, keyword, params, message }: ErrorObject): {
  path: string;
  what: string;
  hint: string;
} {
  const path = instancePath.slice(1).replace(/\//g, '.');
  const name = path === '' ? 'the configuration' : path;
  if (keyword === 'additionalProperties') {
    const key = String((params as { additionalProperty: unknown }).additionalProperty);
    const full = path === '' ? key : `${path}.${key}`;
    const near = nearest(
      full,
      SETTINGS.map((setting) => setting.path),
    );
    const hint = near ? `did you mean ${near}?` : 'plangate serve --help lists all keys';
    return { path: full, what: `there is no setting ${full}`, hint };
  }
  if (keyword === 'enum') {
    const values = (params as { allowedValues: string[] }).allowedValues.join(', ');
    return { path, what: `${name} must be one of ${values}`, hint: 'choose one of them' };
  }
  const setting = SETTINGS.find((one) => one.path === path.replace(/\.\d+$/, ''));
  return { path, what: `${name} ${message ?? 'is wrong'}`, hint: setting?.help ?? 'see docs/serve.md' };
}

function get(tree: Tree, path: string): unknown {
  const [first = '', second] = path.split('.');
  return second === undefined ? tree[first] : (tree[first] as Tree | undefined)?.[second];
}

function put(tree: Tree, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) {
    if (value !== undefined) tree[first] = value;
    return;
  }
  const group = (tree[first] ??= {}) as Tree;
  if (value !== undefined) group[second] = value;
}
