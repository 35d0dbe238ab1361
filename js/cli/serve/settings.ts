// Every setting of `plangate serve`, once: the schema, the environment variables, the help and the docs come from here.

/** What a setting takes. `strings` is a list; in the environment its items are separated by commas. */
export type SettingType = 'string' | 'integer' | 'boolean' | 'strings' | 'object';

/** One setting. */
export interface Setting {
  /** Where it is in the file, e.g. `stripe.apiKey`. */
  readonly path: string;
  readonly type: SettingType;
  /** One line: what it does, with its unit. */
  readonly help: string;
  readonly fallback?: string | number | boolean;
  readonly values?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  /** What a text must look like. */
  readonly pattern?: string;
  /** Never in a file as it is: from the environment, a file that PLANGATE_…_FILE names, or `${NAME}`. */
  readonly secret?: boolean;
}

const MODES = ['live', 'test'];
const SOURCE = '^[A-Za-z0-9._-]{1,64}$';

const STRIPE: readonly Setting[] = [
  { path: 'stripe.apiKey', type: 'string', secret: true, help: 'restricted or secret key; giving it turns Stripe on' },
  {
    path: 'stripe.webhookSecrets',
    type: 'strings',
    secret: true,
    help: 'signing secrets of the endpoint /webhooks/stripe',
  },
  {
    path: 'stripe.webhookToleranceSeconds',
    type: 'integer',
    least: 0,
    fallback: 300,
    help: 'older deliveries are refused',
  },
  {
    path: 'stripe.baseUrl',
    type: 'string',
    fallback: 'https://api.stripe.com',
    help: 'where Stripe is; a local provider otherwise',
  },
  {
    path: 'stripe.apiVersion',
    type: 'string',
    help: 'Stripe-Version to send (default: the one this release was tested with)',
  },
  { path: 'stripe.account', type: 'string', help: 'connected account to act for' },
  {
    path: 'stripe.source',
    type: 'string',
    pattern: SOURCE,
    fallback: 'stripe',
    help: 'name of the source in snapshots and stores',
  },
  { path: 'stripe.allowHttp', type: 'boolean', fallback: false, help: 'allow a plain http baseUrl on another machine' },
];

const PAYGENTIC: readonly Setting[] = [
  { path: 'paygentic.apiKey', type: 'string', secret: true, help: 'key; giving it turns Paygentic on' },
  {
    path: 'paygentic.webhookSecrets',
    type: 'strings',
    secret: true,
    help: 'signing secrets of the endpoint /webhooks/paygentic',
  },
  {
    path: 'paygentic.webhookToleranceSeconds',
    type: 'integer',
    least: 0,
    fallback: 300,
    help: 'older deliveries are refused',
  },
  { path: 'paygentic.baseUrl', type: 'string', fallback: 'https://api.paygentic.io', help: 'where Paygentic is' },
  { path: 'paygentic.productId', type: 'string', help: "only this product's entitlements" },
  { path: 'paygentic.merchantId', type: 'string', help: "only this merchant's entitlements" },
  {
    path: 'paygentic.externalCustomerId',
    type: 'boolean',
    fallback: false,
    help: 'customers are named by your own ids',
  },
  {
    path: 'paygentic.customers',
    type: 'object',
    help: "with Stripe beside it: your customer id -> Paygentic's; others are not known there",
  },
  {
    path: 'paygentic.source',
    type: 'string',
    pattern: SOURCE,
    fallback: 'paygentic',
    help: 'name of the source in snapshots and stores',
  },
  {
    path: 'paygentic.allowHttp',
    type: 'boolean',
    fallback: false,
    help: 'allow a plain http baseUrl on another machine',
  },
];

const CUSTOMER: readonly Setting[] = [
  {
    path: 'customer.from',
    type: 'string',
    values: ['token', 'header', 'nobody'],
    help: 'who is asking: a signed token; a header that your proxy sets; nobody (only OFREP with keys)',
  },
  {
    path: 'customer.claim',
    type: 'string',
    fallback: 'sub',
    help: "token: the claim with the billing system's customer id",
  },
  {
    path: 'customer.cookie',
    type: 'string',
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    help: 'token: read from this cookie where there is no Authorization header',
  },
  {
    path: 'customer.secret',
    type: 'string',
    secret: true,
    help: 'token: shared secret (HS256, HS384, HS512), 32 bytes at least',
  },
  { path: 'customer.publicKeysFile', type: 'string', help: 'token: file with a JWK Set of public keys, or one PEM' },
  { path: 'customer.jwksUrl', type: 'string', help: 'token: https address of a JWK Set; needs issuer and audience' },
  { path: 'customer.issuer', type: 'string', help: 'token: `iss` must be this' },
  { path: 'customer.audience', type: 'string', help: 'token: `aud` must have this' },
  {
    path: 'customer.clockToleranceSeconds',
    type: 'integer',
    least: 0,
    most: 300,
    fallback: 5,
    help: 'token: how far clocks may differ',
  },
  {
    path: 'customer.header',
    type: 'string',
    pattern: '^[A-Za-z0-9-]+$',
    fallback: 'x-plangate-customer',
    help: 'header: its name',
  },
  {
    path: 'customer.allowRemoteHeader',
    type: 'boolean',
    fallback: false,
    help: 'header: believe it also when other machines can connect; only behind a proxy that sets or removes it',
  },
];

const PROCESS: readonly Setting[] = [
  { path: 'host', type: 'string', fallback: '127.0.0.1', help: 'address to listen on; 0.0.0.0 in a container' },
  {
    path: 'port',
    type: 'integer',
    least: 0,
    most: 65_535,
    fallback: 8787,
    help: 'port to listen on, 0 for a free one; PORT is heard as well',
  },
  { path: 'basePath', type: 'string', pattern: '^(/[^/?#]+)*$', help: 'where the routes begin, e.g. /api' },
  { path: 'mode', type: 'string', values: MODES, help: 'live or test; default what the keys say' },
  {
    path: 'source',
    type: 'string',
    pattern: SOURCE,
    fallback: 'combined',
    help: 'name of Stripe and Paygentic together',
  },
  {
    path: 'drainTimeoutMs',
    type: 'integer',
    least: 0,
    fallback: 10_000,
    help: 'after SIGTERM, requests under way may take so long, ms',
  },
  {
    path: 'store.url',
    type: 'string',
    secret: true,
    fallback: 'sqlite:plangate.db',
    help: 'sqlite:FILE, postgres://…, redis://… or memory: (a URL without a password may stand in the file)',
  },
  { path: 'store.schema', type: 'string', help: 'PostgreSQL: schema of the tables (default plangate)' },
  { path: 'store.prefix', type: 'string', help: 'Redis: in front of every key (default {plangate}:)' },
  {
    path: 'cors.origins',
    type: 'strings',
    help: 'pages of these origins may read, with cookies; e.g. https://app.example.com',
  },
  { path: 'ofrep.apiKeys', type: 'strings', secret: true, help: 'keys for backends that may ask about any customer' },
  { path: 'metrics.token', type: 'string', secret: true, help: '/metrics only with this bearer token' },
  {
    path: 'signing.privateKey',
    type: 'string',
    secret: true,
    help: 'Ed25519 private key as a JWK: signs what is served',
  },
  { path: 'signing.keyId', type: 'string', help: "name of that key (default: the JWK's kid)" },
  {
    path: 'signing.validForSeconds',
    type: 'integer',
    least: 1,
    fallback: 86_400,
    help: 'for how long a signature is good',
  },
  {
    path: 'log.level',
    type: 'string',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    fallback: 'info',
    help: 'debug also tells requests to /healthz and /metrics',
  },
];

const SERVER: readonly Setting[] = [
  { path: 'freshFor', type: 'integer', least: 0, fallback: 300_000, help: 'a list is fetched again after so long, ms' },
  {
    path: 'staleFor',
    type: 'integer',
    least: 0,
    fallback: 604_800_000,
    help: 'after that it still answers for so long, ms',
  },
  {
    path: 'negativeTtl',
    type: 'integer',
    least: 0,
    fallback: 5000,
    help: 'a failed fetch is not repeated for so long, ms',
  },
  {
    path: 'refreshTimeoutMs',
    type: 'integer',
    least: 1,
    fallback: 30_000,
    help: "a customer's fetch may take so long, ms",
  },
  {
    path: 'visitorTimeoutMs',
    type: 'integer',
    least: 1,
    fallback: 10_000,
    help: 'a visitor waits at most so long for a first list, ms',
  },
  {
    path: 'requestTimeoutMs',
    type: 'integer',
    least: 1,
    fallback: 30_000,
    help: 'then a request is answered with 503, ms',
  },
  {
    path: 'catalogueEveryMs',
    type: 'integer',
    least: 1000,
    fallback: 3_600_000,
    help: 'how often the catalogue is fetched, ms',
  },
  { path: 'maxCustomers', type: 'integer', least: 1, fallback: 10_000, help: 'customers held in memory' },
  { path: 'pollMs', type: 'integer', least: 10, fallback: 1000, help: 'how often the store is asked for work, ms' },
  {
    path: 'leaseMs',
    type: 'integer',
    least: 1000,
    fallback: 60_000,
    help: "for how long taken work is this process's own, ms",
  },
  {
    path: 'maxBodyBytes',
    type: 'integer',
    least: 1024,
    fallback: 1_048_576,
    help: 'larger request bodies are refused',
  },
  { path: 'queue.concurrency', type: 'integer', least: 1, fallback: 8, help: 'fetches at the same time' },
  { path: 'queue.maxQueued', type: 'integer', least: 1, fallback: 1000, help: 'customers that may wait to be fetched' },
  { path: 'reconcile.enabled', type: 'boolean', fallback: true, help: 'the slow walk that repairs missed webhooks' },
  {
    path: 'reconcile.olderThanMs',
    type: 'integer',
    least: 1,
    fallback: 86_400_000,
    help: 'it fetches lists older than this, ms',
  },
  { path: 'reconcile.everyMs', type: 'integer', least: 1, fallback: 1000, help: 'its pause between two fetches, ms' },
  {
    path: 'stream.heartbeatMs',
    type: 'integer',
    least: 100,
    fallback: 20_000,
    help: 'a comment on event streams at least this often, ms',
  },
  { path: 'stream.maxStreams', type: 'integer', least: 1, fallback: 10_000, help: 'open event streams' },
  {
    path: 'stream.maxAgeMs',
    type: 'integer',
    least: 1000,
    fallback: 1_800_000,
    help: 'then a client must connect again, ms',
  },
  { path: 'rules.merge', type: 'object', help: 'merge policy by feature key and field: max, min, sum, latest' },
  { path: 'rules.unlimitedValue', type: 'object', help: 'the number that means unlimited, by feature key and field' },
  { path: 'rules.onExpired', type: 'object', help: 'deny or keep, by feature key' },
  { path: 'rules.defaults', type: 'object', help: 'answers until a list is there' },
  { path: 'rules.overrides', type: 'object', help: 'answers that win over everything' },
];

/** All settings, in the order in which they are explained. */
export const SETTINGS: readonly Setting[] = [
  ...PROCESS.slice(0, 4),
  ...STRIPE,
  ...PAYGENTIC,
  ...CUSTOMER,
  ...PROCESS.slice(4),
  ...SERVER,
];

/** The environment variable of a setting: `stripe.apiKey` is PLANGATE_STRIPE_API_KEY. Objects are for files only. */
export const variableOf = ({ path, type }: Setting): string | undefined =>
  type === 'object'
    ? undefined
    : `PLANGATE_${path
        .replace(/\./g, '_')
        .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
        .toUpperCase()}`;

type Schema = Record<string, unknown>;

function schemaOf({ type, help, fallback, values, least, most, pattern }: Setting): Schema {
  const shared = { description: help, ...(fallback !== undefined && { default: fallback }) };
  if (type === 'strings') return { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, ...shared };
  if (type === 'object') return { type: 'object', ...shared };
  return {
    type,
    ...shared,
    ...(type === 'string' && !pattern && { minLength: 1 }),
    ...(values && { enum: values }),
    ...(least !== undefined && { minimum: least }),
    ...(most !== undefined && { maximum: most }),
    ...(pattern !== undefined && { pattern }),
  };
}

/** The JSON Schema of the file. Unknown keys are refused: a misspelt setting must not be silently without effect. */
export function configSchema(): Schema {
  const properties: Record<string, Schema> = {};
  for (const setting of SETTINGS) {
    const [first = '', second] = setting.path.split('.');
    if (second === undefined) {
      properties[first] = schemaOf(setting);
      continue;
    }
    properties[first] ??= { type: 'object', properties: {}, additionalProperties: false };
    (properties[first]['properties'] as Schema)[second] = schemaOf(setting);
  }
  return { type: 'object', properties, additionalProperties: false };
}
