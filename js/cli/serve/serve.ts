// `plangate serve`: plangate/server as a process, from a configuration.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAdaptorServer } from '@hono/node-server';

import type { PlangateServer, ServerOptions, Signer } from '../../server/index.js';
import type { ResilientStore } from '../../stores/resilient.js';
import { listenFailure } from '../listening.js';
import { EXIT, fail } from '../output.js';
import { createApp, hasToken } from './app.js';
import { loadConfig } from './config.js';
import type { LoadedConfig, ServeConfig } from './config.js';
import { identify } from './customer.js';
import { createLog, serverLogger } from './log.js';
import type { Log } from './log.js';
import { shutDown, untilSignal } from './shutdown.js';
import { openStore } from './store.js';
import { makeUpstream, webhooksOf } from './upstreams.js';

type ServerEntry = typeof import('../../server/entries/node.js');

/** Runs until a signal ends it. Throws a CliError when it cannot start. */
export async function serve(options: { readonly config?: string }): Promise<void> {
  const loaded = loadConfig(options.config, process.env);
  const { config } = loaded;
  const log = createLog(config.log.level);
  const stopped = untilSignal(log);
  const entry = await import('../../server/entries/node.js');
  const server = await startServer(loaded, entry, log);
  try {
    const { app, traffic } = createApp(server.plangate, config, log);
    const http = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
    const url = await listen(http, loaded);
    log.info({ url, ...aboutOf(loaded, server) }, 'listening');
    void server.plangate.ready();
    log.info({ signal: await stopped }, 'asked to stop');
    const parts = { http, traffic, server: server.plangate, store: server.store };
    await shutDown(parts, config.drainTimeoutMs, log);
  } catch (error) {
    await server.plangate.close();
    await server.store.close();
    throw error;
  }
}

interface Started {
  readonly plangate: PlangateServer;
  readonly store: ResilientStore;
  readonly source: string;
}

async function startServer(loaded: LoadedConfig, entry: ServerEntry, log: Log): Promise<Started> {
  const { config } = loaded;
  const customer = await identify(loaded, (why) => log.info({ why }, 'a token was not believed'));
  const upstream = asCliError(loaded, () => makeUpstream(loaded, entry, log));
  const signer = signerOf(loaded, entry);
  const store = await openStore(loaded, log);
  try {
    const settings = serverSettings(config, log);
    const plangate = asCliError(loaded, () =>
      entry.createServer({ ...settings, ...(signer && { signer }), upstream, store, customer }),
    );
    plangate.onChange((id, keys) => log.info({ customer: id, features: keys }, 'change'));
    return { plangate, store, source: upstream.source };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The options that are the configuration's own words. */
function serverSettings(config: ServeConfig, log: Log): Omit<ServerOptions, 'upstream' | 'store' | 'customer'> {
  const { metrics, ofrep, reconcile, rules, basePath, mode, queue, stream } = config;
  const { token } = metrics;
  return {
    ...rules,
    freshFor: config.freshFor,
    staleFor: config.staleFor,
    negativeTtl: config.negativeTtl,
    refreshTimeoutMs: config.refreshTimeoutMs,
    visitorTimeoutMs: config.visitorTimeoutMs,
    requestTimeoutMs: config.requestTimeoutMs,
    catalogueEveryMs: config.catalogueEveryMs,
    maxCustomers: config.maxCustomers,
    pollMs: config.pollMs,
    leaseMs: config.leaseMs,
    maxBodyBytes: config.maxBodyBytes,
    queue,
    stream,
    webhooks: webhooksOf(config, log),
    reconcile: reconcile.enabled && reconcile,
    logger: serverLogger(log),
    ...(basePath !== undefined && { basePath }),
    ...(mode !== undefined && { mode }),
    ...(ofrep.apiKeys && { ofrep: { apiKeys: ofrep.apiKeys } }),
    ...(token !== undefined && { metricsAllowed: (request: Request) => hasToken(request, token) }),
  };
}

function signerOf({ config, whereIs }: LoadedConfig, { signer }: ServerEntry): Signer | undefined {
  const { privateKey, keyId, validForSeconds } = config.signing;
  if (privateKey === undefined) return undefined;
  try {
    const jwk = JSON.parse(privateKey) as Parameters<typeof signer>[0]['privateKey'];
    return signer({ privateKey: jwk, validForSeconds, ...(keyId !== undefined && { keyId }) });
  } catch (cause) {
    // The parser's message would quote the key.
    const what = cause instanceof SyntaxError ? 'signing.privateKey is not JSON' : (cause as Error).message;
    const where = whereIs('signing.privateKey');
    throw fail('INVALID_CONFIG', what, { where, hint: 'give an Ed25519 private key as a JWK', exit: EXIT.usage });
  }
}

/** What the parts refuse at their making is the configuration's fault. Their messages hold no secrets. */
function asCliError<T>({ file }: LoadedConfig, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name === 'CliError') throw cause;
    throw fail('INVALID_CONFIG', cause.message, {
      where: file ?? 'environment',
      hint: 'see docs/serve.md',
      exit: EXIT.usage,
      cause,
    });
  }
}

function listen(http: Server, { config, whereIs }: LoadedConfig): Promise<string> {
  const { host, port } = config;
  return new Promise((resolve, reject) => {
    const where = { port: whereIs('port'), host: whereIs('host') };
    http.once('error', (cause) => reject(listenFailure(cause, { host, port, where })));
    http.listen(port, host, () => {
      const { address, port: real, family } = http.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${real}`);
    });
  });
}

const aboutOf = ({ config, file }: LoadedConfig, { source }: Started) => ({
  source,
  store: config.store.url.replace(/:.*$/s, ''),
  config: file,
  customerFrom: config.customer.from,
  pid: process.pid,
});
