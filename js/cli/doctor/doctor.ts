// All checks of `plangate doctor`, in the order in which one depends on another.
import type { Upstream } from '../../server/index.js';
import { hasConfig, loadConfig } from '../serve/config.js';
import type { LoadedConfig } from '../serve/config.js';
import { identify } from '../serve/customer.js';
import { makeUpstream } from '../serve/upstreams.js';
import { clockCheck, keyChecks, listCheck, probe, PROVIDERS } from './billing.js';
import type { ProviderName } from './billing.js';
import { bad, ok, thrownAs, warn } from './check.js';
import type { Check, Report } from './check.js';
import { storeCheck } from './store.js';
import { serverCheck, targetOf, webhookCheck } from './webhooks.js';

/** What to look at. */
export interface DoctorOptions {
  readonly config?: string | undefined;
  /** A running server; default: where the configuration says it listens. */
  readonly server?: string | undefined;
  /** Fetch this customer's list as well. */
  readonly customer?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks at everything that `plangate serve` needs. Never rejects for what it finds. */
export async function examine(options: DoctorOptions, environment: Environment): Promise<Report> {
  const checks: Check[] = [nodeCheck(process.versions.node)];
  const loaded = load(options.config, environment, checks);
  if (loaded) checks.push(...(await configured(loaded, options)));
  return { ok: checks.every(({ status }) => status !== 'fail'), checks };
}

const LEAST_NODE = 20;

function nodeCheck(version: string): Check {
  const [major = 0] = version.split('.').map(Number);
  if (major >= LEAST_NODE) return ok('node', `Node.js ${version}`);
  return bad('node', `Node.js ${version} is too old`, { hint: `install Node.js ${LEAST_NODE} or newer` });
}

function load(config: string | undefined, environment: Environment, checks: Check[]): LoadedConfig | undefined {
  if (config === undefined && !hasConfig(environment)) {
    const hint =
      'start it where plangate.yaml is, name it with --config, or set PLANGATE_STRIPE_API_KEY: plangate serve --help';
    checks.push(bad('config', 'there is no plangate.yaml here, and no PLANGATE_ variable is set', { hint }));
    return undefined;
  }
  try {
    const loaded = loadConfig(config, environment);
    checks.push(ok('config', `${loaded.file ?? 'the environment'} is valid`));
    return loaded;
  } catch (thrown) {
    checks.push(thrownAs('config', thrown));
    return undefined;
  }
}

async function configured(loaded: LoadedConfig, { server, customer }: DoctorOptions): Promise<Check[]> {
  const entry = await import('../../server/entries/node.js');
  const used = PROVIDERS.filter((name) => loaded.config[name].apiKey !== undefined);
  let upstream: Upstream | undefined;
  const checks = keyChecks(loaded);
  try {
    upstream = makeUpstream(loaded, entry);
  } catch (thrown) {
    checks.push(thrownAs('billing', thrown, 'see docs/serve.md'));
  }
  const [billing, store, from] = await Promise.all([
    upstream ? billingChecks(loaded, used, upstream, customer) : [],
    storeCheck(loaded),
    customerCheck(loaded),
  ]);
  const target = targetOf(loaded.config, server);
  const running = await serverCheck(target);
  const reached = running.status === 'ok' || running.status === 'warn' ? target : undefined;
  const webhooks = await Promise.all(
    used.map((name) => webhookCheck(name, loaded, reached, entry.constructTestWebhook)),
  );
  return [...checks, ...billing, from, store, running, ...webhooks];
}

async function billingChecks(
  loaded: LoadedConfig,
  used: readonly ProviderName[],
  upstream: Upstream,
  customer: string | undefined,
): Promise<Check[]> {
  const probed = await Promise.all(used.map((name) => probe(name, loaded)));
  const tolerance = Math.min(...used.map((name) => loaded.config[name].webhookToleranceSeconds));
  const clock = clockCheck(
    probed.map(({ skew }) => skew),
    tolerance,
  );
  const list = customer === undefined ? [] : [await listCheck(upstream, customer)];
  return [...probed.flatMap(({ checks }) => checks), clock, ...list];
}

async function customerCheck(loaded: LoadedConfig): Promise<Check> {
  try {
    await identify(loaded, () => undefined);
  } catch (thrown) {
    return thrownAs('customer', thrown);
  }
  const { from, allowRemoteHeader, header } = loaded.config.customer;
  if (from === 'header' && allowRemoteHeader) {
    const hint = `only behind a proxy that sets or removes ${header} itself`;
    return warn('customer', `whoever can connect may be any customer, by ${header}`, { hint });
  }
  return ok('customer', `known by ${from === 'nobody' ? 'nobody: only backends ask, over OFREP' : `a ${from}`}`);
}
