// Engines without WebAssembly (React Native's Hermes): the same core, compiled to JavaScript.
import createModule from '../generated/glue-js.js';
import { entryCreate, entryEngine } from '../../client/entry.js';
import { startGlue } from '../module.js';

export * from '../../client/public.js';

// This runtime, unlike that of the WebAssembly, would say on the console what errors tell anyway.
const silent = (): void => {};
const createQuiet: typeof createModule = (options) => createModule({ print: silent, printErr: silent, ...options });

const source = { key: createModule, instantiate: () => startGlue(createQuiet) };

export const createPlangate = /* @__PURE__ */ entryCreate(() => source);
export const loadEngine = /* @__PURE__ */ entryEngine(() => source);
