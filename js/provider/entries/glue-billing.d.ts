// Types of what the build generates for the local provider, as js/engine/glue.d.ts has them for clients.

declare module '*/generated/glue-billing.js' {
  const createModule: import('../../engine/binding.js').GlueFactory;
  export default createModule;
}
