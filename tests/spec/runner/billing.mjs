// Runs the vectors of billing/ against a ledger of plangate-billing.wasm; the steps mean what billing_run.cpp makes of them.
class Failure extends Error {}

const fail = (...lines) => {
  throw new Failure(lines.join('\n      '));
};
const LONG_AFTER = 400 * 86_400_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const isObject = (value) => value !== null && typeof value === 'object';

/** Every text that is a moment, as ms: vectors are written for readers. */
function withTimes(value) {
  if (typeof value === 'string') return TIME.test(value) ? Date.parse(value) : value;
  if (Array.isArray(value)) return value.map(withTimes);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTimes(member)]))
    : value;
}

/** What is wrong with `answer`, or undefined: of objects the named members count, at every depth; lists must be as long. */
function misfit(expected, answer) {
  if (Array.isArray(expected) && Array.isArray(answer)) {
    if (expected.length !== answer.length) return ` has ${answer.length} elements`;
    for (const [i, item] of expected.entries()) {
      const wrong = misfit(item, answer[i]);
      if (wrong) return `[${i}]${wrong}`;
    }
    return undefined;
  }
  if (isObject(expected) && isObject(answer) && !Array.isArray(answer)) {
    for (const [name, value] of Object.entries(expected)) {
      const wrong = Object.hasOwn(answer, name) ? misfit(value, answer[name]) : ' is missing';
      if (wrong) return `.${name}${wrong}`;
    }
    return undefined;
  }
  return expected === answer ? undefined : ` is ${JSON.stringify(answer)}`;
}

function compare(expected, answer) {
  const wrong = misfit(expected, answer);
  if (wrong) fail(`expected ${JSON.stringify(expected)}`, `got      ${JSON.stringify(answer)}`, `it${wrong}`);
}

function sameText(what, one, other) {
  if (one !== other) fail(what, `one      ${one}`, `other    ${other}`);
}

/** A change in one line: kind, and what it is about. */
function lineOf(change) {
  const { kind, customer, object, subscription, featureKey, granted = [], revoked = [], exhausted } = change;
  const about = (object && subscription) ?? featureKey ?? customer;
  return [kind, about, ...granted.map((id) => `+${id}`), ...revoked.map((id) => `-${id}`), exhausted && 'exhausted']
    .filter(Boolean)
    .join(' ');
}

/** One vector test against one ledger. */
class BillingRun {
  #now = Date.UTC(2024, 0, 1);
  #journal = [];

  constructor(binding, setups) {
    this.binding = binding;
    this.setups = setups;
    this.ledger = binding.ledgerCreate();
  }

  run({ given = [], steps }) {
    for (const step of [...given.flatMap((name) => this.setups[name]), ...steps]) {
      try {
        this.#step(step);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        fail(JSON.stringify(step).slice(0, 400), error.message);
      }
    }
    this.#replayed((ledger) => {
      const state = '{"query":"state"}';
      // A refused command may have been the last to let time pass.
      for (const one of [ledger, this.ledger]) this.binding.ledgerAdvance(one, this.#now);
      const own = this.binding.ledgerQuery(this.ledger, state);
      sameText('the journal makes another ledger', own, this.binding.ledgerQuery(ledger, state));
    });
    this.binding.ledgerDestroy(this.ledger);
  }

  #step(step) {
    if ('at' in step) this.#now = withTimes(step.at);
    if ('apply' in step) this.#apply(step);
    else if ('advance' in step) this.#advance(step);
    else if ('ask' in step) this.#ask(step);
    else {
      const next = this.binding.ledgerNextAt(this.ledger);
      if (next !== (withTimes(step.nextAt) ?? Infinity)) fail(`got      ${next}`);
    }
  }

  #outcome(step, answer) {
    if ('error' in step) {
      compare(typeof step.error === 'string' ? { code: step.error } : step.error, answer.error ?? null);
      return;
    }
    if (!answer.ok) fail(`unexpected error ${JSON.stringify(answer)}`);
    if (!('expect' in step)) return;
    const expected = withTimes(step.expect);
    compare(expected, Array.isArray(expected) && answer.result.data ? answer.result.data : answer.result);
  }

  #changes({ changes: wanted }, { changes }) {
    if (!wanted) return;
    const lines = changes.map((change, i) => {
      const time = wanted[i]?.startsWith('2') ? `${new Date(change.at).toISOString().replace('.000', '')} ` : '';
      return time + lineOf(change);
    });
    if (JSON.stringify(lines) !== JSON.stringify(wanted)) {
      fail(`expected the changes ${JSON.stringify(wanted)}`, `got                  ${JSON.stringify(lines)}`);
    }
  }

  #apply(step) {
    const command = JSON.stringify(withTimes(step.apply));
    const answer = JSON.parse(this.binding.ledgerApply(this.ledger, command, this.#now));
    this.#outcome(step, answer);
    this.#changes(step, answer);
    if (answer.ok) this.#journal.push([command, this.#now]);
    else if (answer.changes.length > 0) this.#journal.push(['', this.#now]);
  }

  #advance(step) {
    this.#now = withTimes(step.advance);
    const answer = JSON.parse(this.binding.ledgerAdvance(this.ledger, this.#now));
    this.#outcome(step, answer);
    this.#changes(step, answer);
    this.#journal.push(['', this.#now]);
  }

  #ask(step) {
    const query = withTimes(step.ask);
    const text = JSON.stringify(query);
    const answer = this.binding.ledgerQuery(this.ledger, text);
    this.#outcome(step, JSON.parse(answer));
    if (!('at' in query) || 'error' in step) return;
    this.#replayed((later) => {
      for (const wait of [0, LONG_AFTER]) {
        this.binding.ledgerAdvance(later, Math.max(this.#now, query.at + wait));
        sameText('the answer depends on when it is asked', answer, this.binding.ledgerQuery(later, text));
      }
    });
  }

  /** Gives a ledger made of the journal so far, for as long as `use` runs. */
  #replayed(use) {
    const ledger = this.binding.ledgerCreate();
    for (const [command, now] of this.#journal) {
      if (command) this.binding.ledgerApply(ledger, command, now);
      else this.binding.ledgerAdvance(ledger, now);
    }
    use(ledger);
    this.binding.ledgerDestroy(ledger);
  }
}

/** What is wrong with one test, or undefined. */
export function billingFailureOf(binding, test, { setups }) {
  try {
    new BillingRun(binding, setups).run(test);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
