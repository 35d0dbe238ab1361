// `plangate dev`: the local billing provider as a process of its own.
import { existsSync, readFileSync } from 'node:fs';

import { listen } from '../../provider/http/listen.js';
import type { Provider, ProviderOptions } from '../../provider/index.js';
import type { PaygenticVersion } from '../../provider/options.js';
import { listenFailure } from '../listening.js';
import { EXIT, fail, print } from '../output.js';
import { untilSignal } from '../serve/shutdown.js';
import { followDeliveries, logged, words as lineWords } from './log.js';
import type { LogLine } from './log.js';
import { toldOf, words } from './told.js';

/** The command's options, as they are named in its help. */
export interface DevOptions {
  readonly port: number;
  readonly host: string;
  readonly store: string;
  readonly seed?: string;
  readonly seedId?: string;
  readonly freezeAt?: string;
  readonly apiKey?: string;
  readonly webhook?: readonly string[];
  readonly paygenticVersion?: PaygenticVersion;
  readonly quiet?: true;
  readonly json?: true;
}

const WHERE = { port: '--port', host: '--host' };

/** Runs until a signal ends it. Throws a CliError when it cannot start. */
export async function dev(options: DevOptions): Promise<void> {
  const { port, host, json, store, quiet } = options;
  const stopped = untilSignal({ warn: () => process.stderr.write('ended at once\n') });
  // Before it is opened: a file that is there has its state, and no seed is planted.
  const seeded = options.seed !== undefined && (store === 'memory' || !existsSync(store));
  const provider = await open(options);
  const ending = new AbortController();
  try {
    const tell = (line: LogLine): void => void (quiet || print(line, json, lineWords));
    const handle = logged((request) => provider.fetch(request), tell);
    const listening = await listen(handle, port, host).catch((cause: unknown) => {
      throw listenFailure(cause, { host, port, where: WHERE });
    });
    try {
      const started = { store, seed: seeded ? options.seed! : null, webhooks: options.webhook ?? [] };
      print(toldOf(listening.url, provider, started), json, words);
      void followDeliveries((request) => provider.fetch(request), tell, ending.signal).catch(() => undefined);
      await stopped;
    } finally {
      await listening.close();
    }
  } finally {
    ending.abort();
    await provider.close();
  }
}

async function open(options: DevOptions): Promise<Provider> {
  const { createProvider } = await import('../../provider/entries/node.js');
  try {
    return await createProvider(providerOptions(options));
  } catch (cause) {
    throw refusal(cause, options);
  }
}

const HINTS: Readonly<Record<string, string>> = {
  STATE_IN_USE: 'stop the other plangate dev, or give another --store',
  STATE_UNREADABLE: 'give another --store, or move the file away',
  STATE_UNAVAILABLE: 'check the file, its rights and the disk, or give another --store',
  DRIVER_MISSING: 'npm install libsql beside plangate, or run Node 22.13 or later',
  INVALID_SEED: 'correct the seed; docs/local-provider.md shows what it may hold',
};

/** What the provider refuses at its start, with where it was said. */
function refusal(cause: unknown, { seed, store }: DevOptions): unknown {
  const { code, message } = cause as { code?: string; message: string };
  if (code === 'INVALID_OPTION')
    return fail(code, message, { hint: 'see plangate dev --help', exit: EXIT.usage, cause });
  const hint = HINTS[code ?? ''];
  if (code === undefined || hint === undefined) return cause;
  if (code === 'INVALID_SEED') return fail(code, message.trim(), { where: seed, hint, exit: EXIT.usage, cause });
  return fail(code, message, { where: store, hint, cause });
}

function providerOptions(options: DevOptions): ProviderOptions {
  const { store, seed, seedId, freezeAt, apiKey, webhook = [], paygenticVersion } = options;
  return {
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
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    const hint = 'give the path of a YAML or JSON file; docs/local-provider.md shows one';
    throw fail('SEED_UNREADABLE', `the seed cannot be read: ${why}`, { where: file, hint, exit: EXIT.usage, cause });
  }
}
