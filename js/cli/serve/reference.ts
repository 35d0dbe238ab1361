// The settings in words: for `plangate serve --help`, and as the table in docs/serve.md.
import { SETTINGS, variableOf } from './settings.js';
import type { Setting } from './settings.js';

const EXPLANATION = `
Configuration: --config FILE, else plangate.yaml where it is started, and above it the environment. Every key below has its
variable: stripe.apiKey is PLANGATE_STRIPE_API_KEY; lists are separated by commas. Secrets (*) never stand in the file: set the
variable, or PLANGATE_…_FILE to a file that holds it, or write \${NAME} in the file.

The least:
  PLANGATE_STRIPE_API_KEY=rk_… PLANGATE_STRIPE_WEBHOOK_SECRETS=whsec_… \\
  PLANGATE_CUSTOMER_FROM=token PLANGATE_CUSTOMER_SECRET=… plangate serve

Settings:
`;

const TYPES = { string: 'text', integer: 'number', boolean: 'true/false', strings: 'list', object: 'object' } as const;

const takes = ({ type, values }: Setting): string => values?.join('|') ?? TYPES[type];
const standard = ({ fallback }: Setting): string => (fallback === undefined ? '' : ` [${fallback}]`);

/** Help for a terminal. */
export function helpText(): string {
  const lines = SETTINGS.map((setting) => {
    const name = `  ${setting.path}${setting.secret ? '*' : ''} <${takes(setting)}>`;
    const gap = name.length < 42 ? ' '.repeat(42 - name.length) : `\n${' '.repeat(42)}`;
    return `${name}${gap}${setting.help}${standard(setting)}`;
  });
  return EXPLANATION + lines.join('\n');
}

/** Rows of a Markdown table. */
export function markdownTable(): string {
  const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\{/g, '\\{');
  const rows = SETTINGS.map((setting) => {
    const { path, secret, fallback, help } = setting;
    const variable = variableOf(setting);
    const columns = [
      `\`${path}\`${secret ? ' \\*' : ''}`,
      variable === undefined ? '–' : `\`${variable}\``,
      cell(takes(setting)),
      fallback === undefined || fallback === '' ? '' : `\`${fallback}\``,
      cell(help),
    ];
    return `| ${columns.join(' | ')} |`;
  });
  return ['| key | variable | takes | default | |', '|---|---|---|---|---|', ...rows].join('\n');
}
