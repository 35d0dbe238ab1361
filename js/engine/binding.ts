// What the generated glue offers, as bindings/CONTRACT.md says. Only js/engine may know this shape.

/** An engine inside linear memory; 0 is none. */
export type EngineHandle = number;
/** One immutable snapshot held by an engine; 0 is "no snapshot" and may be asked anything. */
export type SnapshotHandle = number;

/** The free functions of the embind module. None throws unless the instance trapped. */
export interface Binding {
  /** Linear memory; replaced when memory grows, so it is read anew at every use. */
  readonly HEAPU8: Uint8Array;
  create(): EngineHandle;
  destroy(e: EngineHandle): void;
  configure(e: EngineHandle, json: string): boolean;
  input(e: EngineHandle, size: number): number;
  load(e: EngineHandle, format: string, request: string, replaces: SnapshotHandle): SnapshotHandle;
  release(e: EngineHandle, s: SnapshotHandle): void;
  error(e: EngineHandle): string;
  warnings(e: EngineHandle): string;
  table(e: EngineHandle, s: SnapshotHandle, now: number): number;
  names(e: EngineHandle): string;
  decide(e: EngineHandle, s: SnapshotHandle, nameId: number, now: number): number;
  check(e: EngineHandle, s: SnapshotHandle, key: string, now: number, product: string): string;
  limit(
    e: EngineHandle,
    s: SnapshotHandle,
    key: string,
    field: string,
    used: number,
    requested: number,
    now: number,
    product: string,
  ): string;
  diff(e: EngineHandle, s1: SnapshotHandle, now1: number, s2: SnapshotHandle, now2: number): string;
  unlocks(e: EngineHandle, s: SnapshotHandle, query: string): string;
  encode(e: EngineHandle, s: SnapshotHandle, withCatalogue: boolean): string;
  info(e: EngineHandle, s: SnapshotHandle): string;
}

/** What Emscripten asks for while it starts. `done` goes on with the instance; a failure never comes back to it. */
export interface GlueOptions {
  instantiateWasm?(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
  print?(text: string): void;
  printErr?(text: string): void;
  onAbort?(reason: unknown): void;
}

/** The generated module's default export: one call, one wasm instance. */
export type GlueFactory = (options: GlueOptions) => Promise<Binding>;
