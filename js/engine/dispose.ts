// `using` needs Symbol.dispose, which older browsers lack: a well-known stand-in keeps the method reachable there.

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** Symbol.dispose where there is one. */
export const disposeSymbol: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
