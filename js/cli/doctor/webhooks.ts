// Webhooks: whether a running server takes them, tried with a signed event that changes nothing.
import type { constructTestWebhook } from '../../server/index.js';
import type { LoadedConfig, ServeConfig } from '../serve/config.js';
import { bad, ok, skip, warn } from './check.js';
import type { Check } from './check.js';
import type { ProviderName } from './billing.js';

const TIMEOUT_MS = 15_000;

/** Where the server should be. */
export interface Target {
  readonly url: string;
  /** Somebody said so, as opposed to: it follows from the configuration. */
  readonly told: boolean;
}

/** The server that is meant: the one named, or the one that this configuration would start. */
export function targetOf({ host, port, basePath = '' }: ServeConfig, server: string | undefined): Target {
  if (server !== undefined) return { url: server, told: true };
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${port}${basePath}`, told: false };
}

/** Whether a server is there, and how it says it is. */
export async function serverCheck({ url, told }: Target): Promise<Check> {
  const hint = told
    ? 'is the address right, and is it reached from here?'
    : 'start plangate serve, or name it: --server';
  try {
    const response = await fetch(`${url}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { status } = (await response.json().catch(() => ({}))) as { status?: unknown };
    if (status === 'ok') return ok('server', `${url} runs`);
    if (status === 'degraded')
      return warn('server', `${url} is degraded`, { hint: 'see its /healthz, and docs/operate.md' });
    if (status === 'down')
      return bad('server', `${url} cannot keep anything`, { hint: 'see its /healthz, and the store' });
    return bad('server', `what answers at ${url}/healthz (${response.status}) is no plangate server`, { hint });
  } catch (thrown) {
    const { cause, message } = thrown as Error;
    const why = cause instanceof Error && cause.message ? cause.message : message;
    return (told ? bad : skip)('server', `nothing answers at ${url}: ${why}`, { hint });
  }
}

/** Whether the secrets are there and look right; then, where the server runs, whether it takes an event signed with them. */
export async function webhookCheck(
  name: ProviderName,
  { config, whereIs }: LoadedConfig,
  target: Target | undefined,
  construct: typeof constructTestWebhook,
): Promise<Check> {
  const id = `${name}.webhook`;
  const where = whereIs(`${name}.webhookSecrets`);
  const [secret] = config[name].webhookSecrets ?? [];
  if (secret === undefined) {
    const what = `no secret is set: changes are only seen when a list is older than ${config.freshFor / 1000} s`;
    return warn(id, what, { where, hint: `make an endpoint for /webhooks/${name}, and set its signing secret` });
  }
  if (!secret.startsWith('whsec_')) {
    return bad(id, 'the secret does not begin with whsec_', {
      where,
      hint: 'copy the endpoint’s signing secret, not its id',
    });
  }
  if (!target) return skip(id, 'the secret looks right; no server runs to try it on', { where });
  const url = `${target.url}/webhooks/${name}`;
  try {
    const event = eventOf(name);
    const made = await construct({ provider: name, secret, url, event, eventId: 'evt_plangate_doctor' });
    const init = { method: 'POST', headers: made.headers, body: await made.arrayBuffer(), redirect: 'manual' } as const;
    return await verdict(id, await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }), url, where);
  } catch (thrown) {
    return bad(id, `${url}: ${(thrown as Error).message}`, { where, hint: 'copy the endpoint’s signing secret again' });
  }
}

/** An event of a type that concerns nobody: verified like all others, then ignored. */
function eventOf(name: ProviderName): object {
  const now = Date.now();
  const [id, type] = ['evt_plangate_doctor', 'plangate.doctor'];
  return name === 'stripe'
    ? { id, object: 'event', type, created: Math.floor(now / 1000), livemode: false, data: { object: {} } }
    : { eventType: type, eventId: id, timestamp: new Date(now).toISOString(), data: {} };
}

const CURES: Readonly<Record<string, string>> = {
  WRONG_SIGNATURE: 'the server has another secret: give both the same, and restart it',
  TOO_OLD: 'the server’s clock is ahead of this machine’s: synchronise both',
  TOO_NEW: 'the server’s clock is behind this machine’s: synchronise both',
};

async function verdict(id: string, response: Response, url: string, where: string): Promise<Check> {
  const { status } = response;
  const answer = (await response.json().catch(() => ({}))) as { error?: { code?: string }; outcome?: string };
  if (status === 200 && answer.outcome !== undefined) return ok(id, `${url} took a signed test event`);
  const code = answer.error?.code;
  if (status === 404) {
    return bad(id, `${url} is not there (404)`, {
      where,
      hint: 'the running server has no secret for it: set it and restart',
    });
  }
  const hint = CURES[code ?? ''] ?? 'something before the server changes or refuses requests: see its log';
  return bad(id, `${url} refused a signed test event: ${code ?? ''} (${status})`, { where, hint });
}
