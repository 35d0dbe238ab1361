// Where features are read from: files, addresses, Stripe. The core reads what they say; the answer is its own JSON.
import type { Engine } from '../../engine/engine.js';
import { fetched, fileBody, isAddress, loadBody, variable } from '../read.js';
import type { RequestOptions, SourceFormat } from '../read.js';

/** How sources are read. */
export interface SourceOptions extends RequestOptions {
  readonly format: SourceFormat;
  /** Where Stripe is; its own address unless told. */
  readonly stripeUrl?: string | undefined;
}

/** One source as snapshot JSON, written by the core. */
export async function readSource(from: string, engine: Engine, options: SourceOptions): Promise<string> {
  if (from === 'stripe') return rewritten(engine, from, await stripeCatalogue(options), 'snapshot');
  const body = isAddress(from) ? await fetched(from, options) : await fileBody(from);
  return rewritten(engine, from, body, options.format);
}

function rewritten(engine: Engine, from: string, body: Uint8Array, format: SourceFormat): string {
  const snapshot = loadBody(engine, from, body, format, { customer: format === 'snapshot' ? undefined : 'types' });
  const text = engine.encode(snapshot);
  engine.release(snapshot);
  return text;
}

/** Stripe's features, as a snapshot of nobody that holds the catalogue. */
async function stripeCatalogue({ environment, stripeUrl }: SourceOptions): Promise<Uint8Array> {
  const { stripe } = await import('../../server/entries/node.js');
  const apiKey = variable('STRIPE_API_KEY', environment);
  const upstream = stripe({ apiKey, ...(stripeUrl !== undefined && { baseUrl: stripeUrl }) });
  const catalogue = await upstream.catalogue!();
  const head = '"plangate":1,"customer":"types","source":"stripe","asOf":0,"entitlements":[]';
  return new TextEncoder().encode(`{${head},"catalogue":${catalogue}}`);
}
