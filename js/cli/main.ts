#!/usr/bin/env node
// `plangate`: the command line. One file per command in commands/; how they speak is in output.ts.
import { EXIT } from './output.js';
import { run } from './program.js';

// `plangate types … | head`: who reads has read enough, and that is no failure to tell with a stack.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? EXIT.ok : EXIT.failed));

process.exitCode = await run(process.argv);
