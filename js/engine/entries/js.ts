// Engines without WebAssembly (React Native's Hermes): the same core, compiled to JavaScript.
import createModule from '../generated/glue-js.js';
import { entryCreate, entryEngine } from '../../client/entry.js';
import { startGlue } from '../module.js';

export * from '../../client/public.js';

const source = { key: createModule, instantiate: () => startGlue(createModule) };

export const createPlangate = /* @__PURE__ */ entryCreate(() => source);
export const loadEngine = /* @__PURE__ */ entryEngine(() => source);
