// What the numbers were taken on.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

import { work } from './work.mjs';

/** Machine, runtime, moment and the WebAssembly that was measured. */
export function machine() {
  const wasm = readFileSync(work('package', 'plangate.wasm'));
  const list = cpus();
  return {
    date: new Date().toISOString(),
    cpu: `${list.length} x ${list[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: `load ${loadavg()[0].toFixed(1)}`,
    os: `${process.platform} ${release()}`,
    node: `Node ${process.version}`,
    v8: `V8 ${process.versions.v8}`,
    wasm: `plangate.wasm ${wasm.length} B (sha256 ${createHash('sha256').update(wasm).digest('hex').slice(0, 12)})`,
  };
}
