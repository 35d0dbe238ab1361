// Runs vectors against an instance of the wasm (or wasm2js) build. Used by node.mjs, wasm2js.mjs and browser.mjs;
// the steps mean what test_run.cpp makes of them.
import { mismatch, mismatchUnordered } from './compare.mjs';
import { configText, defaultNow, pageBytes, rowOrders, toMs, toNumber } from './pages.mjs';
import { Session } from './session.mjs';

class Failure extends Error {}

const fail = (...lines) => {
  throw new Failure(lines.join('\n      '));
};
const nowOf = (step, member = 'at') => (member in step ? toMs(step[member]) : defaultNow);
const mayAllow = { GRANTED: [true], SOFT_LIMIT_EXCEEDED: [true], DEFAULT: [true, false], OVERRIDE: [true, false] };

function expect(step, text, member = 'expect') {
  const answer = text === '' ? null : JSON.parse(text);
  if (member in step) {
    const wrong = mismatch(step[member], answer);
    if (wrong) fail(`expected ${JSON.stringify(step[member])}`, `got      ${text}`, wrong);
  }
  for (const part of step.contains ?? []) {
    if (!text.includes(part)) fail(`expected the text ${part}`, `got      ${text}`);
  }
}

function sameText(what, a, b) {
  if (a !== b) fail(what, `one      ${a}`, `other    ${b}`);
}

/** One vector test against one engine. */
class TestRun {
  #snapshots = new Map();
  #twins = true;

  constructor(session, payloads, reasons) {
    this.session = session;
    this.payloads = payloads;
    this.reasons = reasons;
  }

  run(test) {
    if (test.options) this.configure({ configure: test.options });
    for (const step of test.steps) {
      try {
        this.#step(step);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const question = JSON.stringify(step);
        fail(question.length > 400 ? `${question.slice(0, 400)}...` : question, error.message);
      }
    }
  }

  #step(step) {
    const kinds = [
      'configure',
      'load',
      'check',
      'table',
      'limit',
      'counter',
      'combine',
      'diff',
      'unlocks',
      'encode',
      'info',
      'nextChangeAt',
      'release',
    ];
    const kind = kinds.find((name) => name in step);
    if (!kind) fail('the vector has an unknown step');
    this[kind](step);
  }

  #held(name) {
    return this.#snapshots.get(name) ?? { handle: 0, twin: 0 };
  }

  #subject(step) {
    return this.#held('snapshot' in step ? step.snapshot : 'main');
  }

  configure(step) {
    if (step.configure?.caps) this.#twins = false; // an encoding may be larger than its input
    const ok = this.session.configure(configText(step.configure));
    this.#outcome(step, ok);
  }

  /** Compares an error with expectError; true when there was one to expect. */
  #outcome(step, ok) {
    if ('expectError' in step) {
      if (ok) fail('expected an error, got none');
      expect(step, this.session.error(), 'expectError');
      return true;
    }
    if (!ok) fail(`unexpected error ${this.session.error()}`);
    return false;
  }

  load(step) {
    const { load } = step;
    const given = load.given && { plangate: 1, customer: 'cus_1', source: 'app', asOf: defaultNow, ...load.given };
    const pages = (given ? [given] : load.pages).map((page) => pageBytes(page, this.payloads));
    const format = given ? 'snapshot' : load.format;
    const usual = format === 'snapshot' ? {} : { customer: 'cus_1', asOf: defaultNow };
    const request = { ...(load.request ?? usual) };
    if ('asOf' in request) request.asOf = toMs(request.asOf);
    const handle = this.session.load(format, pages, request, this.#held(load.replaces).handle);
    if (this.#outcome(step, handle !== 0)) return;
    const warnings = this.session.warnings();
    const wanted = step.expectWarnings ?? [];
    const wrong = mismatchUnordered(wanted, JSON.parse(warnings));
    if (wrong) fail(`expected the warnings ${JSON.stringify(wanted)}`, `got      ${warnings}`, wrong);
    this.#snapshots.set(load.as ?? 'main', { handle, twin: this.#twins ? this.#twin(handle) : 0 });
  }

  /** Whatever was loaded is the same after it was written and read back. */
  #twin(handle) {
    const text = this.session.encode(handle);
    const twin = this.session.load('snapshot', [new TextEncoder().encode(text)], {}, 0);
    if (!twin) fail(`the encoding cannot be read back: ${this.session.error()}`, text);
    sameText('the encoding changes when it is read back', text, this.session.encode(twin));
    return twin;
  }

  check(step) {
    const { handle } = this.#subject(step);
    const text = this.session.check(handle, step.check, nowOf(step), step.product);
    expect(typeof step.expect === 'string' ? { expect: { key: step.check, reason: step.expect } } : step, text);
    this.#invariants(step, text);
  }

  #invariants(step, text) {
    const { handle, twin } = this.#subject(step);
    const { session } = this;
    const now = nowOf(step);
    const decision = JSON.parse(text);
    const until = decision.validUntil ?? Infinity;
    if (!(mayAllow[decision.reason] ?? [false]).includes(decision.allowed)) {
      fail(`allowed and reason contradict each other: ${text}`);
    }
    if (until <= now) fail(`validUntil is not in the future: ${text}`);
    if (until !== Infinity) {
      const later = session.check(handle, decision.key, until - 1, step.product);
      sameText('the decision changes before its validUntil', text, later);
    }
    if (twin) {
      const other = session.check(twin, decision.key, now, step.product);
      sameText('the decision changes when the snapshot is written and read back', text, other);
    }
    const id = session.nameId(decision.key);
    if (step.product || id === undefined) return;
    const byte =
      Number(decision.allowed) |
      (this.reasons.get(decision.reason) << 1) |
      (decision.fallback ? 64 : 0) |
      (decision.stale ? 128 : 0);
    const table = session.table(handle, now);
    if (session.decide(handle, id, now) !== byte) fail(`decide() disagrees with ${text}`);
    if (table.bytes[id] !== byte) fail(`table() disagrees with ${text}`);
    if (table.nextChangeAt > until) fail(`nextChangeAt is later than validUntil of ${text}`);
  }

  table(step) {
    const { handle } = this.#subject(step);
    for (const [key, expected] of Object.entries(step.table)) {
      const text = this.session.check(handle, key, nowOf(step));
      expect({ expect: typeof expected === 'string' ? { reason: expected } : expected }, text);
      this.#invariants(step, text);
      if (this.session.nameId(key) === undefined) fail(`the table has no row for ${key}`);
    }
  }

  limit(step) {
    const { handle, twin } = this.#subject(step);
    const query = { ...step.limit };
    for (const name of ['used', 'requested']) if (name in query) query[name] = toNumber(query[name]);
    const now = nowOf(step);
    const text = this.session.limit(handle, query, now);
    if (twin) {
      const other = this.session.limit(twin, query, now);
      sameText('the limit changes when the snapshot is written and read back', text, other);
    }
    expect(step, text);
  }

  counter(step) {
    const { handle, twin } = this.#subject(step);
    const text = this.session.counter(handle, step.counter, nowOf(step));
    if (twin) {
      const other = this.session.counter(twin, step.counter, nowOf(step));
      sameText('the counter changes when the snapshot is written and read back', text, other);
    }
    expect(step, text);
  }

  combine(step) {
    const parts = step.combine.map((name) => this.#held(name).handle);
    const handle = this.session.combine(parts, { customer: 'cus_1', source: 'app' });
    if (this.#outcome(step, handle !== 0)) return;
    this.#snapshots.set(step.as ?? 'main', { handle, twin: this.#twins ? this.#twin(handle) : 0 });
  }

  diff(step) {
    const { before = 'main', after = 'main' } = step.diff;
    const [then, now] = [nowOf(step.diff, 'beforeAt'), nowOf(step.diff, 'afterAt')];
    const { handle, twin } = this.#held(after);
    expect(step, this.session.diff(this.#held(before).handle, then, handle, now));
    const self = JSON.parse(this.session.diff(handle, now, twin || handle, now));
    if (Object.values(self).some((changes) => changes.length > 0)) fail('a snapshot differs from itself');
  }

  unlocks(step) {
    const { handle, twin } = this.#subject(step);
    const text = this.session.unlocks(handle, step.unlocks);
    expect(step, text);
    if (twin) {
      const other = this.session.unlocks(twin, step.unlocks);
      sameText('unlocks change when the snapshot is written and read back', text, other);
    }
  }

  encode(step) {
    expect(step, this.session.encode(this.#held(step.encode).handle, step.withCatalogue));
  }

  info(step) {
    expect(step, this.session.info(this.#held(step.info).handle));
  }

  nextChangeAt(step) {
    const { nextChangeAt } = this.session.table(this.#subject(step).handle, nowOf(step));
    const wanted = step.nextChangeAt === null ? null : toMs(step.nextChangeAt);
    expect({ expect: wanted }, JSON.stringify(nextChangeAt)); // Infinity is null in JSON, as in a vector
  }

  release(step) {
    const { handle, twin } = this.#held(step.release);
    this.session.release(handle);
    this.session.release(twin);
  }
}

/** What is wrong with a test, or undefined. Traps come out as exceptions. */
function failureOf(binding, test, { payloads, reasons }) {
  for (const [turn, turned] of (test.anyOrder ? rowOrders(test) : [test]).entries()) {
    const session = new Session(binding);
    try {
      new TestRun(session, payloads, reasons).run(turned);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return turn === 0 ? error.message : `${error.message}\n      with the rows in order ${turn}`;
    } finally {
      session.close();
    }
  }
  return undefined;
}

/**
 * Runs all files. `spec`: {files: [{file, tests}], payloads: {path: json}, reasons: Map}. `instantiate` makes a fresh
 * instance; it is called again after a trap, because a trapped instance cannot be trusted. `check(binding, test, spec)`
 * answers what is wrong with one test.
 */
export async function runVectors(instantiate, spec, print, check = failureOf) {
  let binding = await instantiate();
  const tally = { passed: 0, failed: 0 };
  for (const { file, tests } of spec.files) {
    for (const test of tests) {
      let wrong;
      try {
        wrong = check(binding, test, spec);
      } catch (error) {
        wrong = `the engine or the vector failed: ${error?.stack ?? error}`;
        binding = await instantiate();
      }
      tally[wrong ? 'failed' : 'passed'] += 1;
      if (wrong) print(`FAIL ${file}: ${test.name}\n      ${wrong}`);
    }
  }
  print(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && tally.passed > 0;
}
