// Joins Emscripten's minimal runtime to the loader's contract (GlueOptions in js/engine/binding.ts). Linked by --pre-js.

// Emscripten 3.1.6 assigns this name with embind and forgets to declare it.
var asm;

// The minimal runtime instantiates by itself and lets failures go unheard. Here the loader does it, and hears them.
var WebAssembly = {
  instantiate: (_, imports) => ({
    then: (done) => Module['instantiateWasm'](imports, (instance) => done({ instance })),
  }),
};

// Linear memory is viewed anew whenever it has grown.
Object.defineProperty(Module, 'HEAPU8', { get: () => HEAPU8 });
