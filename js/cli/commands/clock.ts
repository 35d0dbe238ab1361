// `plangate clock`: the local provider's time, looked at and moved.
import { Argument } from 'commander';
import type { Command } from 'commander';

import { EXIT, fail, print, withJson } from '../output.js';
import { addressOf } from '../read.js';

const ACTIONS = ['show', 'advance', 'period-end', 'freeze', 'resume'] as const;
type Action = (typeof ACTIONS)[number];

interface Options {
  provider: string;
  json?: true;
}

/** The JSON of `plangate clock --json`. */
interface Clock {
  /** RFC 3339. */
  readonly now: string;
  readonly frozen: boolean;
  /** The one that moved, when the subscription lives in a test clock's time. */
  readonly testClock?: { readonly id: string; readonly now: string };
}

const HELP = `
show          what time it is there (default)
advance       forward to a time, or by a duration: 2027-03-01T00:00:00Z, P1M, P7D, PT1H
period-end    forward to the end of a subscription's period; without an id, the first that ends
freeze        stop, now or at a later time
resume        go on from there
What falls due on the way happens in order: trials end, subscriptions renew or are canceled, webhooks are sent.

Examples:
  plangate clock
  plangate clock advance P1M
  plangate clock period-end sub_1 --provider http://127.0.0.1:4242`;

/** Adds the command. */
export function register(program: Command): void {
  const command = program
    .command('clock')
    .description('Look at the time of a running plangate dev, and move it forward.')
    .addArgument(new Argument('[action]', 'what to do').choices(ACTIONS).default('show'))
    .argument('[value]', 'a time or duration; with period-end, a subscription')
    .option('--provider <url>', 'where plangate dev listens', 'http://127.0.0.1:4242')
    .addHelpText('after', HELP);
  withJson(command).action(clock);
}

async function clock(action: Action, value: string | undefined, { provider, json }: Options): Promise<void> {
  if (value !== undefined && (action === 'show' || action === 'resume')) {
    const hint = 'to move time: plangate clock advance P1M';
    throw fail('USAGE', `${action} takes no time or id`, { where: value, hint, exit: EXIT.usage });
  }
  const url = `${addressOf(provider, '--provider')}/_plangate/clock`;
  const body = action === 'show' ? undefined : JSON.stringify(requestOf(action, value));
  const answer = await ask(url, body);
  print(answer, json, ({ now, frozen, testClock }) =>
    testClock ? `${testClock.now} (test clock ${testClock.id})` : `${now}${frozen ? ' (stopped)' : ''}`,
  );
}

function requestOf(action: Exclude<Action, 'show'>, value: string | undefined): object {
  if (action === 'period-end') return { do: 'period_end', subscription: value };
  if (action === 'freeze') return { do: 'freeze', to: value };
  if (action === 'resume') return { do: 'resume' };
  if (value !== undefined) return { do: 'advance', [value.startsWith('P') ? 'by' : 'to']: value };
  const hint = 'e.g. plangate clock advance P1M, or advance 2027-03-01T00:00:00Z';
  throw fail('USAGE', 'advance needs a time or a duration', { hint, exit: EXIT.usage });
}

async function ask(url: string, body: string | undefined): Promise<Clock> {
  let response: Response;
  try {
    response = await fetch(url, body === undefined ? {} : { method: 'POST', body });
  } catch (cause) {
    const hint = 'start plangate dev, or name its address with --provider';
    throw fail('NETWORK_ERROR', 'no provider answers there', { where: url, hint, cause });
  }
  const answer = (await response.json().catch(() => ({}))) as Clock & { error?: { code: string; message: string } };
  if (response.ok && typeof answer.now === 'string') return answer;
  const { code = 'NOT_A_PROVIDER', message = 'what answers there is no plangate dev' } = answer.error ?? {};
  const hint = answer.error ? 'see plangate clock --help' : 'give the address that plangate dev prints';
  throw fail(code, message, { where: url, hint });
}
