// A customer's list, from wherever `plangate explain` is told to look.
import type { Engine } from '../../engine/engine.js';
import type { Warning } from '../../engine/types.js';
import type { Upstream } from '../../server/index.js';
import { EXIT, fail } from '../output.js';
import { addressOf, fetched, fileBody, isAddress, loadBody, nameOf, variable } from '../read.js';
import type { RequestOptions, SourceFormat } from '../read.js';
import type { LoadedConfig } from '../serve/config.js';

/** Where to look. */
export interface Place extends RequestOptions {
  /** `stripe`, `paygentic`, `config`, a file or an address. */
  readonly from?: string | undefined;
  readonly format: SourceFormat;
  /** A running `plangate serve`. */
  readonly server?: string | undefined;
  /** A running `plangate dev`. */
  readonly provider?: string | undefined;
  /** With `server`: the header that says who is asking. */
  readonly customerHeader: string;
  /** Where Stripe or Paygentic is; their own addresses unless told. */
  readonly baseUrl?: string | undefined;
  readonly product?: string | undefined;
  /** Set when a configuration was asked for, or is there. */
  readonly loaded?: LoadedConfig | undefined;
}

/** A list that the engine holds, the catalogue with it. */
export interface Found {
  readonly handle: number;
  /** Where it is from, in words. */
  readonly from: string;
  readonly warnings: readonly Warning[];
  /** The time to decide at unless another is asked for, ms. */
  readonly now: number;
  /** What the reader should know besides. */
  readonly notes: readonly string[];
}

/** Reads the customer's list. Throws CliErrors and UpstreamErrors. */
export async function find(engine: Engine, customer: string, place: Place): Promise<Found> {
  if (place.provider !== undefined) return fromProvider(engine, customer, place.provider);
  if (place.server !== undefined) return fromServer(engine, customer, place.server, place);
  const from = place.from ?? likely(place);
  if (from === 'stripe' || from === 'paygentic' || from === 'config') {
    const upstream = await upstreamOf(from, place);
    return fromUpstream(engine, customer, upstream, upstream.source);
  }
  const body = isAddress(from) ? await fetched(from, place) : await fileBody(from);
  return held(engine, from, body, place.format, customer);
}

/** Where to look when nothing is said: where the environment points. */
function likely({ loaded, environment }: Place): string {
  if (loaded) return 'config';
  if (environment['STRIPE_API_KEY']) return 'stripe';
  if (environment['PAYGENTIC_API_KEY']) return 'paygentic';
  throw fail('USAGE', 'it is not said where to look', {
    where: '--from',
    hint: 'give --from, --server or --provider, or set STRIPE_API_KEY or PAYGENTIC_API_KEY, or write plangate.yaml',
    exit: EXIT.usage,
  });
}

async function upstreamOf(from: 'stripe' | 'paygentic' | 'config', place: Place): Promise<Upstream> {
  const { stripe, paygentic, combine } = await import('../../server/entries/node.js');
  const { baseUrl, environment, product, loaded } = place;
  const at = baseUrl === undefined ? {} : { baseUrl };
  if (from === 'stripe') return stripe({ apiKey: variable('STRIPE_API_KEY', environment), ...at });
  if (from === 'paygentic') {
    const apiKey = variable('PAYGENTIC_API_KEY', environment);
    return paygentic({ apiKey, ...at, ...(product !== undefined && { productId: product }) });
  }
  if (loaded) return (await import('../serve/upstreams.js')).makeUpstream(loaded, { stripe, paygentic, combine });
  const hint = 'name it with --config, or start from the folder that has plangate.yaml';
  throw fail('USAGE', 'there is no configuration', { where: 'plangate.yaml', hint, exit: EXIT.usage });
}

/** Fetched now, with what there is to buy. A catalogue that cannot be read costs the unlocks, not the answer. */
async function fromUpstream(engine: Engine, customer: string, upstream: Upstream, from: string): Promise<Found> {
  const notes: string[] = [];
  const catalogue = upstream.catalogue?.().catch((thrown: unknown) => {
    notes.push(
      `The catalogue could not be read, so it is not known what would unlock it: ${(thrown as Error).message}`,
    );
    return undefined;
  });
  const [{ json, warnings }, whole] = await Promise.all([upstream.fetch(customer), catalogue]);
  if (!catalogue)
    notes.push(`${upstream.source} has no catalogue that is read, so it is not known what would unlock it.`);
  const text = whole === undefined ? json : `${json.slice(0, -1)},"catalogue":${whole}}`;
  const handle = engine.load('snapshot', [new TextEncoder().encode(text)], { customer });
  return { handle, from, warnings, now: Date.now(), notes };
}

function held(engine: Engine, from: string, body: Uint8Array, format: SourceFormat, customer: string): Found {
  const handle = loadBody(engine, from, body, format, { customer });
  return { handle, from: nameOf(from), warnings: engine.warnings(), now: Date.now(), notes: [] };
}

/** What a server answers this customer; who is asking is said as `customer.from` of its configuration wants it. */
async function fromServer(engine: Engine, customer: string, server: string, place: Place): Promise<Found> {
  const url = `${addressOf(server, '--server')}/entitlements`;
  const asked =
    place.tokenEnv === undefined
      ? { ...place, header: [`${place.customerHeader}: ${customer}`, ...place.header] }
      : place;
  return held(engine, url, await fetched(url, asked), 'snapshot', customer);
}

/**
 * The local provider, at the time that the customer lives in: Paygentic's list tells dates and status, the ledger what there is
 * to buy.
 */
async function fromProvider(engine: Engine, customer: string, provider: string): Promise<Found> {
  const baseUrl = addressOf(provider, '--provider');
  const info = infoOf(await fetched(`${baseUrl}/_plangate/info`, UNASKED), baseUrl);
  const time = await timeOf(baseUrl, customer, Date.parse(info.now));
  const { paygentic } = await import('../../server/entries/node.js');
  // The list is of that time, too; what is waited for while it is read counts on.
  const begun = Date.now();
  const now = (): number => time + Date.now() - begun;
  const upstream = {
    ...paygentic({ apiKey: info.apiKey, baseUrl, mode: 'test', now }),
    catalogue: async () => new TextDecoder().decode(await ledger(baseUrl, { query: 'catalogue' })),
  };
  return { ...(await fromUpstream(engine, customer, upstream, `the local provider ${baseUrl}`)), now: time };
}

const UNASKED: RequestOptions = { header: [], environment: {} };

/** What the provider's ledger answers to a question (bindings/BILLING.md). */
const ledger = (baseUrl: string, query: object): Promise<Uint8Array> =>
  fetched(`${baseUrl}/_plangate/query`, UNASKED, JSON.stringify(query));

/** The provider's time, or its test clock's where the customer has one. Throws NOT_FOUND when there is no such customer. */
async function timeOf(baseUrl: string, customer: string, now: number): Promise<number> {
  const object = async (query: object) =>
    JSON.parse(new TextDecoder().decode(await ledger(baseUrl, query))) as Record<string, unknown>;
  const { clock, deleted } = await object({ query: 'customer', id: customer }).catch((cause: unknown) => {
    if ((cause as { status?: number }).status === 404) throw nobody(baseUrl, customer, cause);
    throw cause;
  });
  if (deleted === true) throw nobody(baseUrl, customer);
  return typeof clock === 'string' ? Number((await object({ query: 'clock', id: clock }))['time']) : now;
}

const nobody = (baseUrl: string, customer: string, cause?: unknown): Error =>
  fail('NOT_FOUND', `there is no customer '${customer}'`, {
    where: baseUrl,
    hint: `its customers are listed at ${baseUrl}/#/customers`,
    cause,
  });

function infoOf(body: Uint8Array, where: string): { readonly apiKey: string; readonly now: string } {
  try {
    const info = JSON.parse(new TextDecoder().decode(body)) as { apiKey: string; now: string };
    if (typeof info.apiKey === 'string' && Number.isFinite(Date.parse(info.now))) return info;
  } catch {
    // Not JSON: somebody else.
  }
  const hint = 'give the address that plangate dev prints';
  throw fail('NOT_A_PROVIDER', 'what answers there is no plangate dev', { where, hint, exit: EXIT.usage });
}
