/** Calls back; what a listener throws is given to `contain` and stops nobody else. */
export class Emitter<Events extends object> {
  #listeners = new Map<keyof Events, Set<(event: never) => void>>();
  #contain: (thrown: unknown) => void;

  constructor(contain: (thrown: unknown) => void) {
    this.#contain = contain;
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new Set()));
    listeners.add(listener);
    return () => this.off(name, listener);
  }

  off<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /** True when somebody listened. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): boolean {
    const listeners = [...(this.#listeners.get(name) ?? [])] as ((event: Events[Name]) => void)[];
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (thrown) {
        this.#contain(thrown);
      }
    }
    return listeners.length > 0;
  }

  /** The same with what takes work to tell: done only when somebody listens. Undefined is not told. */
  tell<Name extends keyof Events>(name: Name, make: () => Events[Name] | undefined): void {
    const event = this.#listeners.get(name)?.size ? make() : undefined;
    if (event !== undefined) this.emit(name, event);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
