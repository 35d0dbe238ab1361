// Rows as a table. A row: {name, unit, value, min?, max?, ratio?: {value, min, max}, baseline?, budget?: {ratio?, value?}}.

/** Three digits that matter, as people write them. */
export function digits(number) {
  if (number === undefined) return '';
  if (Math.abs(number) >= 100) return Math.round(number).toLocaleString('en');
  return Number(number.toPrecision(3)).toString();
}

/** `ok` or `over`; empty without a budget. */
export function verdict({ budget, value, ratio }) {
  if (!budget) return '';
  const within = budget.ratio === undefined ? value <= budget.value : ratio.value <= budget.ratio;
  return within ? 'ok' : 'over';
}

function budgetText({ budget, unit }) {
  if (!budget) return '';
  return budget.ratio === undefined ? `${digits(budget.value)} ${unit}` : `${budget.ratio} x`;
}

const HEAD = ['', 'median', 'min', 'max', 'ratio', 'min', 'max', 'to', 'budget', ''];

const cells = (row) => [
  row.name,
  `${digits(row.value)} ${row.unit}`,
  digits(row.min),
  digits(row.max),
  row.ratio ? `${digits(row.ratio.value)} x` : '',
  digits(row.ratio?.min),
  digits(row.ratio?.max),
  row.baseline ?? '',
  budgetText(row),
  verdict(row),
];

/** A group on the terminal. */
export function print({ title, rows }) {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const left = (column) => column === 0 || column === 7 || column === 9;
  console.log(`\n${title}`);
  for (const line of lines) {
    const text = line.map((cell, i) => (left(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    console.log(text.join('  ').trimEnd());
  }
}

const tableRow = (line) => `| ${line.join(' | ')} |`;

/** All groups as one page. */
export function markdown({ machine, groups }) {
  const about = Object.values(machine).join(', ');
  const tables = groups.map(({ title, rows }) =>
    [
      `## ${title}`,
      '',
      tableRow(HEAD),
      tableRow(HEAD.map((_, i) => (i === 0 || i === 7 || i === 9 ? '---' : '--:'))),
      ...rows.map((row) => tableRow(cells(row))),
      '',
    ].join('\n'),
  );
  return [
    '# One run of the benchmarks',
    '',
    `${about}.`,
    '',
    `Written by \`npm run bench -- ${process.argv.slice(2).join(' ')}\`; what each row is and how it is taken: \`bench/README.md\`.`,
    'Machines differ: the ratios are what to look at, and only to the baseline of their own row.',
    '',
    ...tables,
  ].join('\n');
}
