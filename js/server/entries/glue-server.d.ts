// Types of what the build generates for servers, as js/engine/glue.d.ts has them for clients.

declare module '*/generated/glue-server.js' {
  const createModule: import('../../engine/binding.js').GlueFactory;
  export default createModule;
}

/** A compiled module (edge runtimes compile it themselves) or bytes (Node). */
declare module '*/plangate-server.wasm' {
  const content: unknown;
  export default content;
}
