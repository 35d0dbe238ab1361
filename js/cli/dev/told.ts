// What `plangate dev` says when it is there: where it is, its keys, and lines to copy.
import type { Provider } from '../../provider/index.js';

/** The first line of `plangate dev --json`. */
export interface DevTold {
  readonly event: 'listening';
  readonly url: string;
  /** The key that clients send. It is worth nothing anywhere else, so it is printed whole, as is the secret. */
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** `memory`, or the file. */
  readonly store: string;
  /** The file that it began with; null: none, or the store had state already. */
  readonly seed: string | null;
  /** Where the webhooks go that were named on the command line. */
  readonly webhooks: readonly string[];
  /** Environment variables for an application that uses stripe-node. */
  readonly env: Readonly<Record<string, string>>;
  /** Environment variables for `plangate serve`, by the API that it is to read. */
  readonly serve: {
    readonly stripe: Readonly<Record<string, string>>;
    readonly paygentic: Readonly<Record<string, string>>;
  };
}

/** What depends on how it was started. */
export type Started = Pick<DevTold, 'store' | 'seed' | 'webhooks'>;

/** Everything that is said. */
export function toldOf(
  url: string,
  { apiKey, webhookSecret }: Pick<Provider, 'apiKey' | 'webhookSecret'>,
  started: Started,
): DevTold {
  const serve = (name: string): Record<string, string> => ({
    [`PLANGATE_${name}_API_KEY`]: apiKey,
    [`PLANGATE_${name}_BASE_URL`]: url,
    [`PLANGATE_${name}_WEBHOOK_SECRETS`]: webhookSecret,
    PLANGATE_MODE: 'test',
  });
  return {
    event: 'listening',
    url,
    apiKey,
    webhookSecret,
    ...started,
    env: { STRIPE_API_KEY: apiKey, STRIPE_WEBHOOK_SECRET: webhookSecret },
    serve: { stripe: serve('STRIPE'), paygentic: serve('PAYGENTIC') },
  };
}

/** The same as text. */
export function words(told: DevTold): string {
  const { url, apiKey, webhookSecret, store, seed, webhooks } = told;
  const { hostname, port } = new URL(url);
  const lines = (variables: Readonly<Record<string, string>>): string[] =>
    Object.entries(variables).map(([name, value]) => `  ${name}=${value}`);
  return [
    'plangate dev: a billing provider on this machine, for Stripe’s and Paygentic’s clients',
    '',
    `  address         ${url}   (the dashboard is there, too)`,
    `  API key         ${apiKey}`,
    `  webhook secret  ${webhookSecret}`,
    `  state           ${store === 'memory' ? 'memory: gone when it ends (--store FILE keeps it)' : store}`,
    `  begun with      ${seed ?? (store === 'memory' ? 'nothing (--seed FILE)' : 'what the store has')}`,
    ...(webhooks.length > 0 ? webhooks : ['nowhere yet (--webhook URL)']).map((to) => `  webhooks to     ${to}`),
    '',
    'For your application (.env):',
    ...lines(told.env),
    `  new Stripe(process.env.STRIPE_API_KEY, { host: '${hostname}', port: ${port}, protocol: 'http' })`,
    '',
    'For plangate serve, with Stripe’s API:',
    ...lines(told.serve.stripe),
    'or with Paygentic’s (Authorization: Bearer and the API key, for other clients of it):',
    ...lines(told.serve.paygentic),
    '',
    'Look and move time: plangate explain CUSTOMER FEATURE --provider ' + url + ', plangate clock --help',
    'Requests and webhooks, as they happen (Ctrl+C ends it):',
  ].join('\n');
}
