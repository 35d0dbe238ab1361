// What the browser runs: fetches the vectors and the build from the loopback server, prints to the console.
import factory from '/engine/glue.js';
import { startGlue } from './instantiate.mjs';
import { runVectors } from './run.mjs';
import { reasonCodes } from './session.mjs';

const spec = await (await fetch('/spec.json')).json();
const module = await WebAssembly.compileStreaming(fetch('/engine/plangate.wasm'));
const vectors = { ...spec, reasons: reasonCodes(spec.reasonDefinition) };
globalThis.vectorsPassed = await runVectors(
  () => startGlue(factory, module),
  vectors,
  (line) => console.log(line),
);
