// Joins Emscripten's minimal runtime to the loader's contract (GlueOptions in js/engine/binding.ts). Linked by --pre-js.

// Emscripten 3.1.6 assigns this name with embind and forgets to declare it.
var asm;

// The minimal runtime instantiates by itself and lets failures go unheard. Here the loader does it, and hears them.
var WebAssembly = {
  instantiate: (_, imports) => ({
    then: (done) => Module['instantiateWasm'](imports, (instance) => done({ instance })),
  }),
};

// Linear memory is viewed anew whenever it has grown; the allocator is there once the module runs.
Object.defineProperties(Module, {
  HEAPU8: { get: () => HEAPU8 },
  _malloc: { get: () => _malloc },
  _free: { get: () => _free },
});
