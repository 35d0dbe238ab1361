// Every row of the matrix, in the order of the README's table: `name` for the command line, `tool` and `needs` for the table,
// `group` of tools/, `run(application, name)` answers the version that was tested or throws.
import { browsers } from './browsers.mjs';
import { bundlers } from './bundlers.mjs';
import { frameworks } from './next.mjs';
import { runners } from './runners.mjs';
import { runtimes } from './runtimes.mjs';

export const rows = [...browsers, ...bundlers, ...frameworks, ...runtimes, ...runners];
