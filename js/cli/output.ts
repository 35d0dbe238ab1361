// How all commands speak: results on standard output, errors on standard error in one shape, and three exit codes.
import type { Command } from 'commander';

/** What the process ends with. */
export const EXIT = {
  ok: 0,
  /** It was asked rightly and went wrong. */
  failed: 1,
  /** It was called or configured wrongly: the caller has to change something. */
  usage: 2,
} as const;

/** What else is known of a failure. */
export interface FailureDetails {
  /** A file and key, a URL, an option: where to look. */
  readonly where?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Default `EXIT.failed`. */
  readonly exit?: number;
  /** HTTP status, where an answer is what went wrong. Not told: for who catches it. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** A failure that a user can act on. Anything else that is thrown is told as INTERNAL, with its message. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly exit: number;
  readonly status: number | undefined;

  constructor(
    /** In capitals, stable: scripts may compare it. */
    readonly code: string,
    message: string,
    { where, hint, exit = EXIT.failed, status, cause }: FailureDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.where = where;
    this.hint = hint;
    this.exit = exit;
    this.status = status;
  }
}

/** A CliError, to throw: code, what is wrong, where it is and what to do. */
export const fail = (code: string, message: string, details?: FailureDetails): CliError =>
  new CliError(code, message, details);

/** Adds `--json` to a command, described alike everywhere. */
export const withJson = (command: Command): Command => command.option('--json', 'answer in JSON, for programs');

/** Prints a result: as JSON on one line, or the text that `words` makes of it. */
export function print<T>(result: T, json: boolean | undefined, words: (result: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(result) : words(result)}\n`);
}

/** Tells a failure on standard error, `error CODE: what`, `where`, `do`; answers the exit code. */
export function reportError(thrown: unknown, json: boolean): number {
  const error = asCliError(thrown);
  const { code, message, where, hint } = error;
  if (json) {
    process.stderr.write(`${JSON.stringify({ error: { code, message, where, hint } })}\n`);
  } else {
    const lines = [`error ${code}: ${message}`, where && `  where: ${where}`, hint && `  do: ${hint}`];
    process.stderr.write(`${lines.filter(Boolean).join('\n')}\n`);
  }
  return error.exit;
}

/** What to do about errors that commands let through: the upstreams' codes (js/server/upstreams/errors.ts). */
const HINTS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'set the key of this billing system and of this mode',
  FORBIDDEN: 'give the key the right to read entitlements, products and prices',
  NOT_FOUND: 'check the customer id, and whether the key is of the same account and mode',
  REQUEST_REFUSED: 'check the customer id and the options',
  RATE_LIMITED: 'wait a minute, then run it again',
  UPSTREAM_UNAVAILABLE: "look at the billing system's status page, and run it again",
  CONNECTION_FAILED: 'check the address (--base-url) and the network, and run it again',
  TIMEOUT: 'check the network, and run it again',
  INVALID_RESPONSE: 'does the billing system listen at this address? --base-url names another',
  REDIRECTED: 'name the address that it redirects to',
  INVALID_OPTION: 'check the options: --help lists them',
};
const UNKNOWN = 'if this is not to be expected, please report it with the command and this message';

/** Whatever was thrown, with what to do about it. Errors of our own parts have a code; what has none is told as it is. */
export function asCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const given = (thrown as { code?: unknown } | null)?.code;
  const code = typeof given === 'string' ? given : 'INTERNAL';
  return fail(code, message, { hint: HINTS[code] ?? UNKNOWN, cause: thrown });
}
