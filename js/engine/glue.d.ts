// Types of what the build generates, so that TypeScript checks without it. Patterns, because an ambient declaration may
// not name a relative path.

declare module '*/generated/glue.js' {
  const createModule: import('./binding.js').GlueFactory;
  export default createModule;
}

declare module '*/generated/glue-billing.js' {
  const createModule: import('./binding.js').GlueFactory;
  export default createModule;
}

declare module '*/generated/glue-js.js' {
  const createModule: import('./binding.js').GlueFactory;
  export default createModule;
}

/** A compiled module (edge runtimes) or bytes (the inline build): each entry knows which. */
declare module '*/plangate.wasm' {
  const content: unknown;
  export default content;
}
