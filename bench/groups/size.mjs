// What an application downloads: tools/size.mjs measures, this reads its table.
import { path, run } from '../../tools/lib/process.mjs';

/** The gate of tools/size.mjs, told by its last line. */
const GATE = /^browser entry: (\d+) B brotli, .* budget of (\d+) B/m;

export async function rows() {
  // Exit code 1 is "over the gate", which is ours to print, not to fail on.
  const { output } = await run(process.execPath, [path('tools', 'size.mjs')]);
  const gate = GATE.exec(output);
  const table = [...output.matchAll(/^(\S.*?)\s+([\d,]+)\s+([\d,]+)\s+([\d,]+)$/gm)];
  if (!gate || table.length === 0) throw new Error(`tools/size.mjs told no sizes:\n${output}`);
  return table.map(([, name, ...sizes]) => {
    const [raw, gzip, brotli] = sizes.map((size) => Number(size.replaceAll(',', '')));
    return {
      name: `${name}, brotli (raw ${raw.toLocaleString('en')}, gzip ${gzip.toLocaleString('en')})`,
      unit: 'B',
      value: brotli,
      raw,
      gzip,
      ...(brotli === Number(gate[1]) && name.startsWith('browser') && { budget: { value: Number(gate[2]) } }),
    };
  });
}
