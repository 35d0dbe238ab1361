import type { Plugin } from 'vite';

/** Loads `.wasm` files as their bytes. */
export declare const wasmBytes: Plugin;
