// The billing systems that the configuration turns on, each fetch a line in the log.
import { EXIT, fail } from '../output.js';
import type { combine, paygentic, stripe, Upstream, WebhookOptions } from '../../server/index.js';
import type { LoadedConfig, ServeConfig } from './config.js';
import type { Log } from './log.js';

/** The makers of `plangate/server`, with its engine. */
export interface UpstreamMakers {
  readonly stripe: typeof stripe;
  readonly paygentic: typeof paygentic;
  readonly combine: typeof combine;
}

/** Stripe, Paygentic, or both as one; with a log, each fetch is a line in it. */
export function makeUpstream({ config, whereIs }: LoadedConfig, makers: UpstreamMakers, log?: Log): Upstream {
  const { stripe: stripeConfig, paygentic: paygenticConfig } = config;
  const mode = config.mode && { mode: config.mode };
  const members: Upstream[] = [];
  if (stripeConfig.apiKey !== undefined) {
    members.push(makers.stripe({ ...stripeConfig, apiKey: stripeConfig.apiKey, ...mode }));
  }
  if (paygenticConfig.apiKey !== undefined) {
    members.push(makers.paygentic({ ...paygenticConfig, apiKey: paygenticConfig.apiKey, ...mode }));
  }
  const [first, second] = members;
  if (!first) {
    throw fail('INVALID_CONFIG', 'no billing system is given: there would be nothing to serve', {
      where: whereIs('stripe.apiKey'),
      hint: 'set PLANGATE_STRIPE_API_KEY or PLANGATE_PAYGENTIC_API_KEY',
      exit: EXIT.usage,
    });
  }
  const told = (upstream: Upstream): Upstream => (log ? logged(upstream, log) : upstream);
  if (!second) return told(first);
  const { customers } = paygenticConfig;
  const other = customers ? { upstream: second, customer: (id: string) => customers[id] ?? null } : second;
  return told(makers.combine([first, other], { source: config.source }));
}

/** The endpoints' secrets, by provider; each event that was believed is a line in the log. */
export function webhooksOf(config: ServeConfig, log: Log): Partial<Record<'stripe' | 'paygentic', WebhookOptions>> {
  const both = config.stripe.apiKey !== undefined && config.paygentic.apiKey !== undefined;
  const own = new Map(
    both ? Object.entries(config.paygentic.customers ?? {}).map(([ours, theirs]) => [theirs, ours]) : [],
  );
  const found: Partial<Record<'stripe' | 'paygentic', WebhookOptions>> = {};
  for (const provider of ['stripe', 'paygentic'] as const) {
    const { webhookSecrets, webhookToleranceSeconds } = config[provider];
    if (!webhookSecrets) continue;
    const mapped = provider === 'paygentic' && both && config.paygentic.customers !== undefined;
    found[provider] = {
      secrets: webhookSecrets,
      toleranceSeconds: webhookToleranceSeconds,
      customer: (named) => {
        const customer = mapped ? (own.get(named) ?? null) : named;
        log.info({ provider, customer }, 'webhook');
        return customer;
      },
    };
  }
  return found;
}

function logged(upstream: Upstream, log: Log): Upstream {
  const { source } = upstream;
  return {
    ...upstream,
    fetch: async (customer, options) => {
      const begun = performance.now();
      const ms = (): number => Math.round(performance.now() - begun);
      try {
        const list = await upstream.fetch(customer, options);
        log.info({ source, customer, entries: list.entries, warnings: list.warnings.length, ms: ms() }, 'refresh');
        return list;
      } catch (error) {
        const { code = 'UNKNOWN', status, message } = error as { code?: string; status?: number; message?: string };
        log.warn({ source, customer, code, status, error: message, ms: ms() }, 'refresh failed');
        throw error;
      }
    },
  };
}
