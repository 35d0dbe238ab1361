// Browsers: the engine is a file beside this one, compiled while it streams in.
import createModule from '../generated/glue.js';
import { entry } from '../../client/entry.js';
import { wasmSource } from '../source.js';

export * from '../../client/public.js';

const own = (url?: string | URL): Promise<Response> => fetch(url ?? new URL('./plangate.wasm', import.meta.url));

export const { createPlangate, loadEngine } = entry((options) => wasmSource(createModule, own, options));
