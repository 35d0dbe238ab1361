// `plangate doctor`: whether everything that `plangate serve` needs is there and works.
import type { Command } from 'commander';

import { fail, print, withJson } from '../output.js';

interface Options {
  config?: string;
  server?: string;
  customer?: string;
  json?: true;
}

const HELP = `
It checks Node.js, the configuration, keys and what they may read, the clock against the billing system's, the store (a value
is written, read and taken back), the running server, and that it takes a signed webhook (of a type that changes nothing).
Keys and secrets are never shown whole. Exit code: 0 nothing failed, 1 something did; each line says what to do.

Examples:
  plangate doctor
  plangate doctor --server https://entitlements.example.com --customer cus_1
  plangate doctor --config production.yaml --json`;

/** Adds the command. */
export function register(program: Command): void {
  const command = program
    .command('doctor')
    .description('Check configuration, keys, billing systems, clock, store, server and webhooks, and say what to do.')
    .option('-c, --config <file>', 'YAML or JSON (default: plangate.yaml, if it is there; PLANGATE_CONFIG)')
    .option('--server <url>', 'a running plangate serve (default: where the configuration lets it listen)')
    .option('--customer <id>', "also fetch this customer's list")
    .addHelpText('after', HELP);
  withJson(command).action(doctor);
}

async function doctor({ json, ...options }: Options): Promise<void> {
  const [{ examine }, { words }, { addressOf }] = await Promise.all([
    import('../doctor/doctor.js'),
    import('../doctor/check.js'),
    import('../read.js'),
  ]);
  const server = options.server === undefined ? undefined : addressOf(options.server, '--server');
  const report = await examine({ ...options, server }, process.env);
  print(report, json, words);
  const failed = report.checks.filter(({ status }) => status === 'fail').length;
  if (failed === 0) return;
  const hint = 'do what the failed checks say, and run it again';
  throw fail('CHECKS_FAILED', `${failed} of ${report.checks.length} checks failed`, { hint });
}
