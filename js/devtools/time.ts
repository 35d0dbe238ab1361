// The time that is decided for.
import { h, momentText, setText, spanText } from './dom.js';
import type { Devtools } from './tools.js';

const DAY = 86_400_000;

/** A slider in days, and the next moment at which an answer changes. */
export class TimeControl {
  readonly element: HTMLElement;
  readonly #tools: Devtools;
  readonly #say: (text: string) => void;
  readonly #slider: HTMLInputElement;
  readonly #moment = h('span', { className: 'moment' });
  readonly #now: HTMLButtonElement;
  readonly #next: HTMLButtonElement;

  constructor(tools: Devtools, say: (text: string) => void) {
    this.#tools = tools;
    this.#say = say;
    const disabled = !tools.allowed;
    const range = { type: 'range', min: '-30', max: '365', step: '1', value: '0', disabled };
    this.#slider = h('input', { ...range, 'aria-label': 'Days from now' });
    this.#slider.addEventListener('input', () => this.#shift(Number(this.#slider.value) * DAY));
    this.#next = h('button', { type: 'button', disabled }, 'To the next change');
    this.#next.addEventListener('click', () => this.#toNext());
    this.#now = h('button', { type: 'button', disabled }, 'Back to now');
    this.#now.addEventListener('click', () => this.#shift(0));
    this.element = h(
      'section',
      { className: 'time', 'aria-label': 'Time' },
      h('div', { className: 'row spread' }, h('h3', {}, 'Time'), this.#moment),
      this.#slider,
      h(
        'div',
        { className: 'row spread ends', 'aria-hidden': 'true' },
        h('span', {}, '−30 d'),
        h('span', {}, '+365 d'),
      ),
      h('div', { className: 'row' }, this.#next, this.#now),
    );
  }

  update(): void {
    const { offset, now } = this.#tools;
    const shown = offset === 0 ? 'now' : `${spanText(offset)} · ${momentText(now)}`;
    setText(this.#moment, shown);
    this.#slider.setAttribute('aria-valuetext', shown);
    this.#slider.value = String(Math.round(offset / DAY));
  }

  #shift(offset: number): void {
    this.#tools.shift(offset);
    this.#say(offset === 0 ? 'Back to now' : `Time ${spanText(offset)}`);
  }

  /** The core says until when each answer holds. */
  #toNext(): void {
    const { gate, now, offset } = this.#tools;
    const ends = this.#tools.keys().flatMap((key) => gate?.check(key as never).validUntil ?? []);
    if (ends.length === 0) this.#say('Nothing changes with time.');
    else this.#shift(offset + Math.min(...ends) - Math.floor(now));
  }
}
