// The program: its commands, and what a failure looks like whichever command it comes from.
import { readFileSync } from 'node:fs';

import { Command, CommanderError } from 'commander';

import { register as clock } from './commands/clock.js';
import { register as completion } from './commands/completion.js';
import { register as dev } from './commands/dev.js';
import { register as doctor } from './commands/doctor.js';
import { register as explain } from './commands/explain.js';
import { register as serve } from './commands/serve.js';
import { register as types } from './commands/types.js';
import { EXIT, fail, reportError } from './output.js';

/** Each adds its command to the program. A new command is a file in commands/ and a name here. */
const COMMANDS: readonly ((program: Command) => void)[] = [dev, clock, serve, explain, doctor, types, completion];

const EPILOGUE = `
Exit codes: 0 it went well, 1 it failed, 2 it was called or configured wrongly.
With --json, results and errors are JSON: one object on standard output, or {"error":{code,message,where,hint}} on standard error.`;

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return text;
}

/** The program with all commands; it throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('plangate')
    .description('Entitlements on the command line: a local billing system, the server, and a look into both.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', EPILOGUE)
    .exitOverride()
    // Commander's own words go through reportError with all others.
    .configureOutput({ outputError: () => undefined });
  for (const register of COMMANDS) register(program);
  return program;
}

/** Runs one command line (argv as Node gives it) and answers the exit code. Never rejects. */
export async function run(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  try {
    await createProgram().parseAsync([...argv]);
    return EXIT.ok;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return EXIT.ok;
      return reportError(usageError(thrown), json);
    }
    return reportError(thrown, json);
  }
}

/** Commander's complaint in our shape. */
function usageError({ code, message }: CommanderError): Error {
  // A bare `plangate`: commander has printed the help, which is answer enough.
  if (code === 'commander.help')
    return fail('USAGE', 'no command was given', { hint: 'plangate --help', exit: EXIT.usage });
  const what = message.replace(/^error: /, '').replace(/\n/g, ' ');
  return fail('USAGE', what, { hint: 'see plangate --help, or --help after the command', exit: EXIT.usage });
}
