// Runs the vectors through the wasm2js build, with WebAssembly taken away: node tests/spec/runner/wasm2js.mjs
import { generated, readVectors } from './files.mjs';
import { startGlue } from './instantiate.mjs';
import { runVectors } from './run.mjs';

const spec = readVectors();
delete globalThis.WebAssembly; // what this build is for: engines that have none
const { default: factory } = await import(new URL('glue-js.js', generated));
const passed = await runVectors(() => startGlue(factory), spec, console.log);
process.exitCode = passed ? 0 : 1;
