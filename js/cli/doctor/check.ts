// What a check of `plangate doctor` finds.
import { isUpstreamError } from '../../server/upstreams/errors.js';
import { asCliError, CliError } from '../output.js';

/** `skip`: it could not be looked at, because of what another check found or because it is not used. */
export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skip';

/** One line of the report. */
export interface Check {
  /** Stable: scripts may look for it. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found. Never a whole key or secret. */
  readonly what: string;
  /** A file and key, a variable, an address. */
  readonly where?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** The JSON of `plangate doctor --json`. */
export interface Report {
  /** No check failed; warnings may be there. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

interface More {
  readonly where?: string | undefined;
  readonly hint?: string | undefined;
}

const checkOf =
  (status: CheckStatus) =>
  (id: string, what: string, more: More = {}): Check => ({ id, status, what, ...more });

export const ok = checkOf('ok');
export const warn = checkOf('warn');
export const bad = checkOf('fail');
export const skip = checkOf('skip');

/** What was thrown, as a check that failed. */
export function thrownAs(id: string, thrown: unknown, hint?: string): Check {
  const { message, where, hint: known } = asCliError(thrown);
  // What the error itself knows of it comes first.
  const own = thrown instanceof CliError || isUpstreamError(thrown);
  return bad(id, message, { where, hint: own ? known : (hint ?? known) });
}

/** `rk_test_…9aZ3`: enough to tell two keys apart, of no use to anybody else. */
export function masked(key: string): string {
  const [prefix = ''] = /^(?:[a-z]+_)?(?:live_|test_)?/.exec(key) ?? [];
  return key.length < prefix.length + 12 ? `${prefix}…` : `${prefix}…${key.slice(-4)}`;
}

/** The report as text. */
export function words({ checks }: Report): string {
  const lines = checks.flatMap(({ status, id, what, where, hint }) => [
    `${status.padEnd(4)}  ${id.padEnd(22)}  ${what}`,
    ...(where === undefined ? [] : [`      where: ${where}`]),
    ...(hint === undefined || status === 'ok' ? [] : [`      do: ${hint}`]),
  ]);
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return [...lines, `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed`].join('\n');
}
