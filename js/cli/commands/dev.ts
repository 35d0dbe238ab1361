// `plangate dev`: the local billing provider as a process of its own.
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { PAYGENTIC_VERSIONS } from '../../provider/options.js';
import type { DevOptions } from '../dev/dev.js';
import { withJson } from '../output.js';

const DEFAULT_PORT = 4242;

const HELP = `
It prints its address, key and webhook secret, and lines to copy for stripe-node, Paygentic's clients and plangate serve; then a line
for each request and webhook. With --json all of these are JSON objects, one a line, told apart by "event".

Examples:
  plangate dev
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
    )
    .option('-q, --quiet', 'no line for each request and webhook');
  withJson(command)
    .addHelpText('after', HELP)
    .action(async (options: DevOptions) => {
      const { dev } = await import('../dev/dev.js');
      await dev(options);
    });
}
