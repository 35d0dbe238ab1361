#!/usr/bin/env node
// `plangate`: the command line. One file per command in commands/; how they speak is in output.ts.
import { run } from './program.js';

process.exitCode = await run(process.argv);
