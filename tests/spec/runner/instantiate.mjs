// Starts the generated glue; a failure rejects instead of leaving the glue waiting for ever.

/** @returns a promise of the module instance whose functions bindings/CONTRACT.md lists */
export function startGlue(factory, module) {
  return new Promise((resolve, reject) => {
    const options = { onAbort: reject };
    if (module) {
      options.instantiateWasm = (imports, done) => {
        WebAssembly.instantiate(module, imports)
          .then((instance) => done(instance, module))
          .catch(reject);
        return {};
      };
    }
    factory(options).then(resolve, reject);
  });
}
