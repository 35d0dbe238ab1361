// `plangate dev`: the local billing provider as a process of its own.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';

import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { Provider, ProviderOptions } from '../../provider/index.js';
import { PAYGENTIC_VERSIONS } from '../../provider/options.js';
import type { PaygenticVersion } from '../../provider/options.js';
import { EXIT, fail, print, withJson } from '../output.js';

interface DevOptions {
  readonly port: number;
  readonly host: string;
  readonly store: string;
  readonly seed?: string;
  readonly seedId?: string;
  readonly freezeAt?: string;
  readonly apiKey?: string;
  readonly webhook?: readonly string[];
  readonly paygenticVersion?: PaygenticVersion;
  readonly json?: boolean;
}

const DEFAULT_PORT = 4242;

const HELP = `
Examples:
  plangate dev --seed plans.yaml
  plangate dev --store billing.db --webhook http://127.0.0.1:3000/webhooks/stripe
  stripe --api-base http://127.0.0.1:${DEFAULT_PORT} --api-key sk_test_… entitlements features list`;

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('a port is 0 to 65535.');
  return port;
}

/** Adds the command. */
export function register(program: Command): void {
  const command = program
    .command('dev')
    .description(
      'Run a billing provider on this machine: Stripe’s and Paygentic’s APIs for entitlements, without an account.',
    )
    .option('-p, --port <number>', 'where to listen; 0 takes a free one', portOf, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('-s, --store <memory|file>', 'where state is kept: in memory, or in a SQLite file', 'memory')
    .option('--seed <file>', 'YAML or JSON that an empty provider begins with')
    .option('--seed-id <text>', 'make ids and keys follow from this text, the same in every run')
    .option('--freeze-at <time>', 'stop the provider’s clock at this time (RFC 3339)')
    .option('--api-key <key>', 'the key that clients send; made up and kept with the state unless told')
    .option('--webhook <url...>', 'deliver events there; paygentic:URL for Paygentic’s, Stripe’s otherwise')
    .addOption(
      new Option('--paygentic-version <date>', 'which published version is answered').choices(PAYGENTIC_VERSIONS),
    );
  withJson(command).addHelpText('after', HELP).action(dev);
}

async function dev(options: DevOptions): Promise<void> {
  const { createProvider } = await import('../../provider/entries/node.js');
  const provider = await createProvider(providerOptions(options));
  const stop = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  try {
    const url = await listen(provider, options);
    const { apiKey, webhookSecret } = provider;
    print({ url, apiKey, webhookSecret, store: options.store }, options.json, (told) =>
      [
        `The provider listens on ${told.url}`,
        `  API key         ${told.apiKey}`,
        `  webhook secret  ${told.webhookSecret}`,
        `  state           ${told.store}`,
      ].join('\n'),
    );
    await stop;
  } finally {
    await provider.close();
  }
}

async function listen(provider: Provider, { port }: DevOptions): Promise<string> {
  try {
    return await provider.listen();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    const hint = 'stop what listens there, or give another --port (0: a free one)';
    throw fail('PORT_IN_USE', `port ${port} is in use`, { where: '--port', hint, cause });
  }
}

function providerOptions(options: DevOptions): ProviderOptions {
  const { port, host, store, seed, seedId, freezeAt, apiKey, webhook = [], paygenticVersion } = options;
  return {
    port,
    host,
    store,
    webhooks: webhook.map((text) => {
      const paygentic = text.startsWith('paygentic:');
      return { url: paygentic ? text.slice('paygentic:'.length) : text, protocol: paygentic ? 'paygentic' : 'stripe' };
    }),
    ...(seed !== undefined && { seed: seedText(seed) }),
    ...(seedId !== undefined && { seedId }),
    ...(freezeAt !== undefined && { freezeAt }),
    ...(apiKey !== undefined && { apiKey }),
    ...(paygenticVersion !== undefined && { paygenticVersion }),
  };
}

function seedText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw fail('SEED_UNREADABLE', `cannot read ${file}: ${(cause as Error).message}`, {
      where: '--seed',
      exit: EXIT.usage,
      cause,
    });
  }
}
