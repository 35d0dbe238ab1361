// `plangate explain`: why a customer may, or may not, use a feature.
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { print, withJson } from '../output.js';
import { FORMATS } from '../read.js';
import type { SourceFormat } from '../read.js';

interface Options {
  from?: string;
  format: SourceFormat;
  server?: string;
  provider?: string;
  config?: string;
  baseUrl?: string;
  customerHeader: string;
  header: string[];
  tokenEnv?: string;
  product?: string;
  at?: number;
  json?: true;
}

const HELP = `
Where it looks unless told: what plangate.yaml and PLANGATE_* name, else Stripe (STRIPE_API_KEY), else Paygentic (PAYGENTIC_API_KEY).
It exits with 0 when it could explain, whether the feature is allowed or denied; --json has "allowed".

Examples:
  plangate explain cus_1 reports --provider http://127.0.0.1:4242
  plangate explain cus_1 reports --server http://127.0.0.1:8787
  plangate explain cus_1 reports --from snapshot.json --at 2027-01-01T00:00:00Z
  STRIPE_API_KEY=rk_… plangate explain cus_1 reports --from stripe --json
  plangate explain cus_1 reports --from https://app.example.com/entitlements --token-env TOKEN`;

/** A moment as RFC 3339; a date alone is its beginning in UTC. */
function momentOf(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('a time is 2027-01-31 or 2027-01-31T12:00:00Z.');
  return time;
}

/** A word that names something: `explain "$CUSTOMER" sso` with an unset variable is a mistake, not a question. */
function named(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('it is empty.');
  return text;
}

/** Adds the command. */
export function register(program: Command): void {
  const command = program
    .command('explain')
    .description('Tell why a customer may use a feature or not: from which row, until when, and what would unlock it.')
    .argument('<customer>', "the billing system's id of the customer", named)
    .argument('<feature>', "the feature's key", named)
    .addOption(
      new Option(
        '--from <source>',
        'a snapshot file, an address that answers one, "stripe", "paygentic", or "config": what plangate serve reads',
      ).conflicts(['server', 'provider']),
    )
    .addOption(
      new Option('--format <format>', "what the file or address holds: plangate's snapshot, or a provider's list")
        .choices(FORMATS)
        .default('snapshot'),
    )
    .addOption(new Option('--server <url>', 'ask a running plangate serve').conflicts('provider'))
    .option('--provider <url>', 'ask a running plangate dev, at its own time')
    .option('-c, --config <file>', 'configuration of plangate serve: its billing systems and its rules')
    .option('--at <time>', 'decide at this time instead of now (RFC 3339)', momentOf)
    .option('--product <id>', "only this product's entitlements")
    .option('--base-url <url>', 'where Stripe or Paygentic is, with --from stripe or paygentic')
    .option(
      '--customer-header <name>',
      'with --server: the header that names the customer, as its customer.header',
      'x-plangate-customer',
    )
    .option('--header <line...>', 'request header for addresses, "Name: value"', [])
    .option('--token-env <name>', 'environment variable with a bearer token for addresses and --server')
    .addHelpText('after', HELP);
  withJson(command).action(explain);
}

async function explain(customer: string, feature: string, options: Options): Promise<void> {
  const [{ loadEngine }, { find }, { answer }, { words }] = await Promise.all([
    import('../../server/entries/node.js'),
    import('../explain/found.js'),
    import('../explain/answer.js'),
    import('../explain/words.js'),
  ]);
  const loaded = await configOf(options);
  const engine = await loadEngine();
  try {
    if (loaded) engine.configure(loaded.config.rules);
    const found = await find(engine, customer, { ...options, loaded, environment: process.env });
    const { at, product } = options;
    print(answer(engine, found, { customer, feature, at, product }), options.json, words);
  } finally {
    engine.dispose();
  }
}

/** The configuration, where it is asked for or nothing else is, and there is one. */
async function configOf({ config, from, server, provider }: Options) {
  const elsewhere = (from !== undefined && from !== 'config') || server !== undefined || provider !== undefined;
  if (config === undefined && elsewhere) return undefined;
  const { hasConfig, loadConfig } = await import('../serve/config.js');
  if (config === undefined && !hasConfig(process.env)) return undefined;
  return loadConfig(config, process.env);
}
