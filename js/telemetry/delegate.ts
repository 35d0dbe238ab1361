// A gate is a class with private fields: neither Object.create() nor a Proxy can stand in for it. This can.

/**
 * An object that answers as `target` does, except for `own`: methods are bound to the target, accessors ask it each time. The members
 * are those the target has now.
 */
export function delegate<T extends object>(target: T, own: object): T {
  const made: object = Object.defineProperties({}, Object.getOwnPropertyDescriptors(own));
  for (let from: object | null = target; from && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Reflect.ownKeys(from)) {
      if (name === 'constructor' || Object.hasOwn(made, name)) continue;
      const { value } = Object.getOwnPropertyDescriptor(from, name)!;
      const bound = typeof value === 'function' ? { value: (value as () => unknown).bind(target) } : undefined;
      Object.defineProperty(made, name, bound ?? { get: () => target[name as keyof T], enumerable: true });
    }
  }
  return made as T;
}
