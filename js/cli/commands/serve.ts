// `plangate serve`: the server as a process of its own.
import type { Command } from 'commander';

import { helpText } from '../serve/reference.js';

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('serve')
    .description(
      'Run the server: lists, streams, webhooks and OFREP for your customers, configured by a file or the environment.',
    )
    .option('-c, --config <file>', 'YAML or JSON (default: plangate.yaml, if it is there; PLANGATE_CONFIG)')
    .addHelpText('after', helpText)
    .action(async (options: { config?: string }) => {
      // Loaded when it is needed: each press of the Tab key starts the program.
      const { serve } = await import('../serve/serve.js');
      await serve(options);
    });
}
