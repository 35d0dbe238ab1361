// A port that cannot be had, told alike by all commands that listen.
import { fail } from './output.js';
import type { CliError } from './output.js';

/** What was asked for, and where it was set. */
export interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly where: { readonly port: string; readonly host: string };
}

/** Node's complaint in our shape: the port is taken, or the address is none of this machine's. */
export function listenFailure(cause: unknown, { host, port, where }: Wanted): CliError {
  const { code = 'LISTEN_FAILED', message } = cause as NodeJS.ErrnoException;
  const taken = code === 'EADDRINUSE';
  const what = taken ? `port ${port} is taken` : `cannot listen on ${host}:${port}: ${message}`;
  const told = taken ? 'PORT_IN_USE' : code;
  const hint = taken ? 'stop the other process, or set another port (0: a free one)' : 'check host and port';
  return fail(told, what, { where: taken ? where.port : where.host, hint, cause });
}
