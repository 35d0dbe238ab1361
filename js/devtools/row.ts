// One feature in the list: its answer, why, and what to answer instead.
import type { PlangateClient } from '../client/api.js';
import { messageOf } from '../client/errors.js';
import type { Decision, JsonObject } from '../engine/types.js';
import { h, momentText, setText } from './dom.js';
import type { Devtools } from './tools.js';

/** What can be chosen for a feature. */
const CHOICES = { none: 'as decided', on: 'on', off: 'off', config: 'on, with config…' } as const;
type Choice = keyof typeof CHOICES;

/** The list item of one key. It stays the same element, so that focus and open details stay where they are. */
export class FeatureRow {
  readonly element: HTMLLIElement;
  readonly #key: string;
  readonly #tools: Devtools;
  readonly #say: (text: string) => void;
  readonly #state = h('span', { className: 'state' });
  readonly #reason = h('code');
  readonly #more = h('span');
  readonly #select: HTMLSelectElement;
  readonly #form: HTMLFormElement;
  readonly #text: HTMLTextAreaElement;
  readonly #fault: HTMLParagraphElement;
  readonly #explained = h('pre', { tabIndex: 0 });
  readonly #details: HTMLDetailsElement;
  #decision: Decision | undefined;

  constructor(key: string, tools: Devtools, say: (text: string) => void) {
    this.#key = key;
    this.#tools = tools;
    this.#say = say;
    const options = Object.entries(CHOICES).map(([value, text]) => h('option', { value }, text));
    this.#select = h('select', { 'aria-label': `Override ${key}`, disabled: !tools.allowed }, ...options);
    this.#select.addEventListener('change', () => this.#choose(this.#select.value as Choice));
    this.#text = h('textarea', { 'aria-label': `Config of ${key}, as JSON`, spellcheck: false });
    this.#fault = h('p', { className: 'fault', hidden: true });
    this.#form = h(
      'form',
      { hidden: true },
      this.#text,
      this.#fault,
      h('div', {}, h('button', { type: 'submit' }, 'Apply')),
    );
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#applyConfig();
    });
    const summary = h('summary', {}, this.#reason, this.#more, h('span', { className: 'unseen' }, ` Explain ${key}`));
    this.#details = h('details', {}, summary, this.#explained);
    this.#explained.setAttribute('aria-label', `Explanation of ${key}`);
    this.#explained.setAttribute('role', 'group');
    this.#details.addEventListener('toggle', () => this.#explain());
    this.element = h(
      'li',
      { className: 'feature', 'data-key': key },
      h('div', { className: 'row' }, h('span', { className: 'key mono' }, key), this.#state, this.#select),
      this.#details,
      this.#form,
    );
  }

  /** Shows what the gate answers now. */
  update(gate: PlangateClient): void {
    const decision: Decision = gate.check(this.#key as never);
    const override = this.#tools.overrides[this.#key];
    this.#decision = decision;
    const { allowed, reason, validUntil, stale } = decision;
    this.element.classList.toggle('allowed', allowed);
    this.element.classList.toggle('overridden', override !== undefined);
    setText(this.#state, allowed ? '✓ allowed' : '✕ denied');
    setText(this.#reason, reason);
    const until = validUntil === null ? '' : ` until ${momentText(validUntil)}`;
    setText(this.#more, `${until}${stale ? ' · stale' : ''}${configText(decision)}`);
    // An open form is being written in: what is chosen there is not in force yet.
    if (this.#form.hidden || override === undefined || typeof override === 'object') this.#showChoice(override);
    this.#explain();
  }

  /** Whether the filter shows it. */
  matches(text: string, which: string): boolean {
    const { allowed } = this.#decision!;
    const overridden = this.#tools.overrides[this.#key] !== undefined;
    const kind = which === 'all' || (which === 'overridden' ? overridden : allowed === (which === 'allowed'));
    return kind && `${this.#key} ${this.#decision!.reason}`.toLowerCase().includes(text.toLowerCase());
  }

  #showChoice(override: boolean | JsonObject | undefined): void {
    const choice: Choice =
      typeof override === 'object' ? 'config' : override === undefined ? 'none' : override ? 'on' : 'off';
    if (choice === 'none' && !this.#form.hidden) return;
    this.#select.value = choice;
    if (choice === 'config' && this.#form.hidden) this.#openForm(override as JsonObject);
  }

  #choose(choice: Choice): void {
    this.#form.hidden = true;
    this.#fault.hidden = true;
    if (choice === 'config') {
      this.#openForm(this.#decision?.config ?? {});
      this.#text.focus();
    } else this.#override(choice === 'none' ? undefined : choice === 'on');
  }

  #openForm(config: JsonObject): void {
    this.#form.hidden = false;
    this.#text.value = JSON.stringify(config, null, 2);
  }

  #applyConfig(): void {
    try {
      const config: unknown = JSON.parse(this.#text.value);
      if (typeof config !== 'object' || config === null || Array.isArray(config))
        throw new Error('A config is an object: { … }');
      this.#override(config as JsonObject);
    } catch (thrown) {
      this.#complain(messageOf(thrown));
    }
  }

  #override(value: boolean | JsonObject | undefined): void {
    try {
      this.#tools.override(this.#key, value);
      this.#fault.hidden = true;
      this.#say(`${this.#key}: ${CHOICES[this.#select.value as Choice]}`);
    } catch (thrown) {
      this.#complain(messageOf(thrown));
    }
  }

  #complain(text: string): void {
    setText(this.#fault, text);
    this.#fault.hidden = false;
    this.#form.hidden = false;
    this.#say(text);
  }

  /** Only while it is open: it asks the engine for every row of the list. */
  #explain(): void {
    const { gate } = this.#tools;
    if (this.#details.open && gate) setText(this.#explained, gate.explain(this.#key as never).text);
  }
}

function configText({ config, limit, remaining }: Decision): string {
  const metered = limit === undefined ? '' : ` · ${remaining} of ${limit} left`;
  if (!config) return metered;
  const text = JSON.stringify(config);
  return `${metered} · ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
}
