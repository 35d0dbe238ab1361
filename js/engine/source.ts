import type { GlueFactory } from './binding.js';
import { PlangateError } from './errors.js';
import { isBytes, startGlue, startGlueSync } from './module.js';
import type { EngineSource, SyncEngineSource } from './module.js';

/** Where the engine's bytes come from, when the entry's own way is not enough. */
export interface WasmOptions {
  /** Address of plangate.wasm. */
  wasmUrl?: string | URL;
  /** The compiled module, or the bytes. Wins over `wasmUrl`. */
  wasm?: WebAssembly.Module | BufferSource;
}

type Instantiated = WebAssembly.WebAssemblyInstantiatedSource;

/** What an entry can hand over: bytes, a module, or an HTTP response to stream from. */
export type WasmBytes = WebAssembly.Module | BufferSource | Response;

async function instantiate(bytes: WasmBytes, imports: WebAssembly.Imports): Promise<Instantiated> {
  // Not `instanceof Response`: to name that global makes Node load all of its fetch, most of a cold start.
  if ('arrayBuffer' in bytes) {
    if (!bytes.ok) throw new Error(`${bytes.url} answered ${bytes.status}`);
    // Streaming insists on the MIME type; a server that lacks it must not cost us the engine.
    if (bytes.headers.get('content-type')?.startsWith('application/wasm')) {
      return WebAssembly.instantiateStreaming(bytes, imports);
    }
    bytes = await bytes.arrayBuffer();
  }
  if (isBytes(bytes)) return WebAssembly.instantiate(bytes, imports);
  return { module: bytes, instance: await WebAssembly.instantiate(bytes, imports) };
}

/** A source for a build of the engine in WebAssembly: `own` is the entry's way to the bytes, options override it. */
export function wasmSource(
  factory: GlueFactory,
  own: (url: string | URL | undefined) => WasmBytes | Promise<WasmBytes>,
  { wasm, wasmUrl }: WasmOptions,
): EngineSource {
  return {
    key: wasm ?? wasmUrl?.toString() ?? own,
    instantiate: () => startGlue(factory, async (imports) => instantiate(wasm ?? (await own(wasmUrl)), imports)),
  };
}

/** A source that can also start at once, from the bytes that the options or the entry have. They share one instance. */
export function syncSource(
  source: EngineSource,
  factory: GlueFactory,
  own: (url: string | URL | undefined) => WebAssembly.Module | BufferSource | undefined,
  { wasm, wasmUrl }: WasmOptions,
): SyncEngineSource {
  return {
    ...source,
    instantiateSync() {
      const bytes = wasm ?? own(wasmUrl);
      if (bytes) return startGlueSync(factory, bytes);
      const message = 'wasm: expected the compiled module (or use plangate/inline, or await createPlangate)';
      throw new PlangateError('INVALID_OPTION', message, { pointer: '/wasm' });
    },
  };
}
