import type { Binding, GlueFactory, GlueOptions } from './binding.js';
import { messageOf, PlangateError } from './errors.js';

/** One wasm instance, shared by the engines of a page or process until it traps. */
export class EngineModule {
  readonly binding: Binding;
  /** Set once a call trapped: linear memory can no longer be trusted. */
  failure: PlangateError | undefined;
  #forget: () => void;

  constructor(binding: Binding, forget: () => void = () => {}) {
    this.binding = binding;
    this.#forget = forget;
  }

  /** Marks the instance as unusable, so that the next load makes a new one. */
  poison(cause: unknown): PlangateError {
    this.#forget();
    return (this.failure ??= new PlangateError('ENGINE_FAILED', messageOf(cause), { cause }));
  }
}

/** How an entry gets an instance. Sources with the same `key` share one instance. */
export interface EngineSource {
  readonly key: unknown;
  instantiate(): Promise<Binding>;
}

/** How an entry gets an instance at once, from a module that is already compiled or bytes that are already here. */
export interface SyncEngineSource extends EngineSource {
  instantiateSync(): Binding;
}

const loads = new Map<unknown, Promise<EngineModule>>();

/** The instance of a source: made once, made again after a failure or a trap. Rejects with ENGINE_LOAD_FAILED. */
export function loadEngineModule(source: EngineSource): Promise<EngineModule> {
  const { key } = source;
  let loading = loads.get(key);
  if (!loading) {
    const forget = (): void => {
      if (loads.get(key) === loading) loads.delete(key);
    };
    loading = source.instantiate().then(
      (binding) => new EngineModule(binding, forget),
      (cause: unknown) => {
        forget();
        throw new PlangateError('ENGINE_LOAD_FAILED', messageOf(cause), { cause });
      },
    );
    loads.set(key, loading);
  }
  return loading;
}

const atOnce = new Map<unknown, EngineModule>();

/**
 * The same without waiting. Later loads of the source share the instance. Throws ENGINE_LOAD_FAILED: the host allows no
 * synchronous compilation, or the bytes are wrong.
 */
export function loadEngineModuleSync(source: SyncEngineSource): EngineModule {
  const { key } = source;
  let module = atOnce.get(key);
  if (!module || module.failure) {
    try {
      module = new EngineModule(source.instantiateSync(), () => loads.delete(key));
    } catch (cause) {
      if (cause instanceof PlangateError) throw cause;
      throw new PlangateError('ENGINE_LOAD_FAILED', messageOf(cause), { cause });
    }
    atOnce.set(key, module);
    loads.set(key, Promise.resolve(module));
  }
  return module;
}

/** Bytes, or a module. Not `instanceof`: edge runtimes hand over modules of another realm, which that does not know. */
export const isBytes = (given: WebAssembly.Module | BufferSource): given is BufferSource => 'byteLength' in given;

/** Starts the glue on a module that is already here; the instance is complete when this returns. */
export function startGlueSync(factory: GlueFactory, bytes: WebAssembly.Module | BufferSource): Binding {
  const module = isBytes(bytes) ? new WebAssembly.Module(bytes) : bytes;
  // The glue fills the object it is given, at once when the instance is given at once.
  const glue: GlueOptions = {
    instantiateWasm(imports, done) {
      done(new WebAssembly.Instance(module, imports), module);
      return {};
    },
  };
  // Its promise tells nothing new: a failure has been thrown by then.
  factory(glue).catch(() => {});
  return glue as Binding;
}

/** Starts the glue with a way to instantiate; a failure rejects instead of leaving the glue waiting for ever. */
export function startGlue(
  factory: GlueFactory,
  instantiate?: (imports: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>,
): Promise<Binding> {
  return new Promise((resolve, reject) => {
    factory({
      onAbort: reject,
      ...(instantiate && {
        instantiateWasm(imports, done) {
          instantiate(imports)
            .then(({ instance, module }) => done(instance, module))
            .catch(reject);
          return {};
        },
      }),
    }).then(resolve, reject);
  });
}
