// Completion: what may stand where the cursor is. The shells' scripts ask `plangate complete`, so that they never grow old.
import type { Argument, Command, Option } from 'commander';

/** Shells that can be served. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What to write into the shell's start file, once. Each asks the program for the candidates of the words up to the cursor;
 * where there are none, file names are completed.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_plangate() {
  local IFS=$'\\n'
  COMPREPLY=($(plangate complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _plangate plangate`,
  zsh: `_plangate() {
  local -a candidates
  candidates=("\${(@f)$(plangate complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$candidates[1]" ]]; then compadd -a candidates; else _files; fi
}
compdef _plangate plangate`,
  fish: `function __plangate_complete
  set -l words (commandline -opc) (commandline -ct)
  plangate complete -- $words[2..-1] 2>/dev/null
end
complete -c plangate -n 'count (__plangate_complete) > /dev/null' -f -a '(__plangate_complete)'`,
};

/** The candidates for the last of the words, which may be empty. None: whatever it is, it is not ours to know. */
export function candidates(program: Command, words: readonly string[]): string[] {
  const last = words.at(-1) ?? '';
  let command = program;
  let before: Option | undefined;
  let given = 0;
  for (const word of words.slice(0, -1)) {
    const option = word.startsWith('-')
      ? command.options.find(({ long, short }) => word === long || word === short)
      : undefined;
    const inner = before || option ? undefined : command.commands.find((one) => one.name() === word);
    if (inner) {
      command = inner;
      given = 0;
    } else if (!before && !word.startsWith('-')) given += 1;
    before = option && (option.required || option.optional) ? option : undefined;
  }
  const all = before ? choicesOf(before) : last.startsWith('-') ? flagsOf(command) : namesOf(command, given);
  return all.filter((candidate) => candidate.startsWith(last));
}

const choicesOf = (one: Option | Argument | undefined): readonly string[] => one?.argChoices ?? [];

const flagsOf = (command: Command): string[] => [
  ...command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long ? [long] : [])),
];

const namesOf = (command: Command, given: number): readonly string[] => [
  ...command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name()),
  ...choicesOf(command.registeredArguments[given]),
];
