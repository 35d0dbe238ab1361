// One engine through the functions of bindings/CONTRACT.md: bytes in, JSON text out.

/** Numbers of core/include/plangate/reasons.def, by name; given to the runners as data. */
export function reasonCodes(definition) {
  return new Map([...definition.matchAll(/^X\((\w+), (\d+),/gm)].map(([, name, code]) => [name, Number(code)]));
}

export class Session {
  #binding;
  #engine;

  constructor(binding) {
    this.#binding = binding;
    this.#engine = binding.create();
    if (!this.#engine) throw new Error('create() gave no engine');
  }

  close() {
    this.#binding.destroy(this.#engine);
  }

  configure(json) {
    return this.#binding.configure(this.#engine, json);
  }

  /** A snapshot handle, or 0: see error(). */
  load(format, pages, request, replaces) {
    const binding = this.#binding;
    const header = new Uint32Array([pages.length, ...pages.map((page) => page.length)]);
    const size = pages.reduce((sum, page) => sum + page.length, header.byteLength);
    const at = binding.input(this.#engine, size);
    if (!at) return 0;
    const memory = binding.HEAPU8;
    memory.set(new Uint8Array(header.buffer), at);
    let offset = at + header.byteLength;
    for (const page of pages) {
      memory.set(page, offset);
      offset += page.length;
    }
    return binding.load(this.#engine, format, JSON.stringify(request), replaces);
  }

  release(s) {
    this.#binding.release(this.#engine, s);
  }

  error() {
    return this.#binding.error(this.#engine);
  }

  warnings() {
    return this.#binding.warnings(this.#engine);
  }

  check(s, key, now, product = '') {
    return this.#binding.check(this.#engine, s, key, now, product);
  }

  limit(s, { key, field = '', used = NaN, requested = 1, product = '' }, now) {
    return this.#binding.limit(this.#engine, s, key, field, used, requested, now, product);
  }

  counter(s, { key, field = '', product = '' }, now) {
    return this.#binding.counter(this.#engine, s, key, field, now, product);
  }

  combine(handles, request) {
    return this.#binding.combine(this.#engine, JSON.stringify(handles), JSON.stringify(request));
  }

  diff(before, then, after, now) {
    return this.#binding.diff(this.#engine, before, then, after, now);
  }

  unlocks(s, query) {
    return this.#binding.unlocks(this.#engine, s, JSON.stringify(query));
  }

  encode(s, withCatalogue = true) {
    return this.#binding.encode(this.#engine, s, withCatalogue);
  }

  info(s) {
    return this.#binding.info(this.#engine, s);
  }

  /** The id of a name, or undefined when the engine has not interned it. */
  nameId(name) {
    const names = JSON.parse(this.#binding.names(this.#engine));
    return Object.hasOwn(names, name) ? names[name] : undefined;
  }

  decide(s, id, now) {
    return this.#binding.decide(this.#engine, s, id, now);
  }

  /** A copy of the packed table. */
  table(s, now) {
    const at = this.#binding.table(this.#engine, s, now);
    const { buffer } = this.#binding.HEAPU8;
    const view = new DataView(buffer, at);
    const count = view.getUint32(12, true);
    if (at % 8 !== 0) throw new Error('the table is not aligned to 8 bytes');
    // Only the server's binding tells it by itself.
    const own = this.#binding.namesGeneration?.(this.#engine);
    if (own !== undefined && own !== view.getUint32(8, true)) {
      throw new Error('the table is of another names generation');
    }
    return { nextChangeAt: view.getFloat64(0, true), bytes: new Uint8Array(buffer, at + 16, count).slice() };
  }
}
