// Runs the vectors through the wasm build in Node: node tests/spec/runner/node.mjs
import { readFileSync } from 'node:fs';
import { generated, readVectors } from './files.mjs';
import { startGlue } from './instantiate.mjs';
import { runVectors } from './run.mjs';

const { default: factory } = await import(new URL('glue.js', generated));
const module = new WebAssembly.Module(readFileSync(new URL('plangate.wasm', generated)));
const passed = await runVectors(() => startGlue(factory, module), readVectors(), console.log);
process.exitCode = passed ? 0 : 1;
