// The core compiled for this machine (bench/native.cpp), beside the WebAssembly's times in the same run.
import { mkdirSync, writeFileSync } from 'node:fs';

import { must } from '../../tools/lib/process.mjs';
import { lists, NOW, rowsOf } from '../lib/lists.mjs';
import { median, ratio, spread } from '../lib/measure.mjs';
import { work, worker } from '../lib/work.mjs';

const BUILD = work('native');
const PROCESSES = 3;
const COUNT = 200;

async function built() {
  await must('cmake', ['--preset', 'release', '-B', BUILD]);
  await must('cmake', ['--build', BUILD, '--target', 'native', '-j2']);
  return `${BUILD}/native`;
}

/** The list's pages as files, and what to ask of them. */
function questionOf(format) {
  const rows = rowsOf(COUNT);
  const { pages, allowed } = lists[format](rows);
  mkdirSync(work('pages'), { recursive: true });
  const files = pages.map((page, i) => {
    const file = work('pages', `${format}-${i}.json`);
    writeFileSync(file, page);
    return file;
  });
  const open = rows.filter((row) => row.allowed);
  const [key, limitKey] = [open[0].key, open.find(({ type }) => type === 'static').key];
  return { files, allowed, key, limitKey };
}

async function runs(program, format, rounds, withQuestions) {
  const { files, allowed, key, limitKey } = questionOf(format);
  const all = [];
  for (let i = 0; i < PROCESSES; i++) {
    const output = await must(program, [
      format,
      String(NOW),
      'cus_bench',
      String(allowed),
      key,
      limitKey,
      withQuestions ? 'limit' : '-',
      ...files,
    ]);
    const load = await worker('load', { format, count: COUNT, rounds });
    const question = { format, count: COUNT, rounds, key, limitKey, field: 'limit' };
    const calls = withQuestions ? await worker('calls', question) : {};
    const wasm = { load: load.series.first, ...calls.series };
    all.push({ native: JSON.parse(output), wasm });
  }
  return all;
}

function rowsFor(all, names, title) {
  return names.map((name) => {
    const unit = name === 'load' ? 'µs' : 'ns';
    const scale = name === 'load' ? 1000 : 1;
    const of = (side) => all.map((run) => median(run[side][name]) / scale);
    const [native, wasm] = [of('native'), of('wasm')];
    return {
      name: `${title}: ${name === 'load' ? 'bytes to table and names' : name}, native`,
      unit,
      ...spread(native),
      ratio: ratio(native, wasm),
      baseline: `WebAssembly ${median(wasm).toFixed(name === 'load' ? 0 : 1)} ${unit}`,
    };
  });
}

export async function rows({ quick }) {
  const program = await built();
  const rounds = quick ? 10 : 30;
  const all = [];
  for (const format of ['stripe-list', 'snapshot', 'paygentic-list']) {
    // Stripe's rows have no config to ask a limit of; the questions are the same for every format but for that.
    const asked = format === 'paygentic-list' ? ['decide', 'check', 'limit'] : [];
    const measured = await runs(program, format, rounds, asked.length > 0);
    all.push(...rowsFor(measured, ['load', ...asked], `${format}, ${COUNT} rows`));
  }
  return all;
}
