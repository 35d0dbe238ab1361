// `plangate completion <shell>`: what to add to the shell's start file; and what that asks at each press of the Tab key.
import { Argument } from 'commander';
import type { Command } from 'commander';

import { candidates, SCRIPTS, SHELLS } from '../completion.js';
import type { Shell } from '../completion.js';

const HELP = `
  bash:  eval "$(plangate completion bash)"     in ~/.bashrc
  zsh:   eval "$(plangate completion zsh)"      in ~/.zshrc, after compinit
  fish:  plangate completion fish | source      in ~/.config/fish/config.fish`;

/** Adds the commands. */
export function register(program: Command): void {
  program
    .command('completion')
    .description('Print what makes your shell complete plangate’s commands and options.')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => void process.stdout.write(`${SCRIPTS[shell]}\n`));
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((words: string[]) => {
      const found = candidates(program, words);
      if (found.length > 0) process.stdout.write(`${found.join('\n')}\n`);
    });
}
