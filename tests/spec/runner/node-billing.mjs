// Runs the vectors of billing/ through the ledger's wasm build in Node: node tests/spec/runner/node-billing.mjs
import { readFileSync } from 'node:fs';
import { billingFailureOf } from './billing.mjs';
import { generated, readSpec, specFolder } from './files.mjs';
import { startGlue } from './instantiate.mjs';
import { runVectors } from './run.mjs';

const { default: factory } = await import(new URL('glue-billing.js', generated));
const module = new WebAssembly.Module(readFileSync(new URL('plangate-billing.wasm', generated)));
const folder = new URL('billing/', specFolder);
const { setups } = JSON.parse(readFileSync(new URL('setups.json', folder), 'utf8'));
const { files } = readSpec(folder, folder);
const passed = await runVectors(() => startGlue(factory, module), { files, setups }, console.log, billingFailureOf);
process.exitCode = passed ? 0 : 1;
