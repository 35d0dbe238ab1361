// Runs all vectors, and those of server/, through the servers' wasm build in Node: node tests/spec/runner/node-server.mjs
import { readFileSync } from 'node:fs';
import { generated, readVectors, specFolder } from './files.mjs';
import { startGlue } from './instantiate.mjs';
import { runVectors } from './run.mjs';

const { default: factory } = await import(new URL('glue-server.js', generated));
const module = new WebAssembly.Module(readFileSync(new URL('plangate-server.wasm', generated)));
const [spec, ofServers] = [readVectors(), readVectors(new URL('server/', specFolder))];
const files = [...spec.files, ...ofServers.files];
const passed = await runVectors(() => startGlue(factory, module), { ...spec, files }, console.log);
process.exitCode = passed ? 0 : 1;
