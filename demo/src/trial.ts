// The countdown to the next moment at which time alone changes a decision. The gate changes its answers by itself; this
// only shows when.
import type { PlangateClient } from 'plangate';

import { clock } from './clock.js';
import { byId, fill, h } from './dom.js';
import { titleOf } from './features.js';
import type { Feature } from './features.js';
import { count, time } from './format.js';
import type { AskUpgrade } from './tiles.js';

const clockFace = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** The strip that counts down, and says what ended. */
export class Trial {
  #strip = byId('trial');
  #ends: number | null = null;
  #begun = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #face = h('b', { class: 'face' });
  #askUpgrade: AskUpgrade;
  #begin: () => void;

  constructor(askUpgrade: AskUpgrade, begin: () => void) {
    this.#askUpgrade = askUpgrade;
    this.#begin = begin;
  }

  /** Whether a trial was counted down to its end by now. */
  get isOver(): boolean {
    return this.#ends !== null && clock.now() > this.#ends - 1500;
  }

  /** Starts counting to the first end among the features' decisions; offers a trial where there is one; or hides the strip. */
  show(gate: PlangateClient, features: readonly Feature[], offered: boolean): void {
    const ends = Math.min(...features.map(({ key }) => gate.check(key).validUntil ?? Infinity));
    if (!Number.isFinite(ends)) {
      this.#stop();
      if (this.#strip.dataset.state === 'ended' && offered) return;
      if (offered) this.#offer();
      else this.clear();
      return;
    }
    if (ends === this.#ends) return;
    this.#ends = ends;
    this.#begun = clock.now();
    this.#strip.hidden = false;
    this.#strip.dataset.state = 'running';
    fill(
      this.#strip,
      h('p', {}, 'The trial ends in ', h('span', { role: 'timer', 'aria-label': 'Time left' }, this.#face)),
      h('div', { class: 'line', 'aria-hidden': 'true' }),
    );
    this.#tick();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), 250);
  }

  #offer(): void {
    if (this.#strip.dataset.state === 'offered') return;
    this.#strip.hidden = false;
    this.#strip.dataset.state = 'offered';
    fill(
      this.#strip,
      h('p', {}, 'There is a trial of 20 seconds for what is locked here.'),
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => this.#begin() }, 'Start the trial')),
    );
  }

  /** Says what ended, and offers a way back. */
  ended(revoked: readonly Feature['key'][]): void {
    this.#stop();
    const titles = revoked.map(titleOf);
    this.#strip.hidden = false;
    this.#strip.dataset.state = 'ended';
    fill(
      this.#strip,
      h(
        'p',
        {},
        h('strong', {}, `The trial ended at ${time(clock.now())}.`),
        ` ${count(revoked.length, 'feature')} closed: ${titles.join(', ')}.`,
      ),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: () => this.#askUpgrade(revoked, 'what the trial had') }, 'Keep them'),
        h('button', { type: 'button', class: 'quiet', onclick: () => this.#begin() }, 'Run the trial again'),
      ),
    );
  }

  /** Takes the offer away. The trial's list may have been here before the answer: what is counted down already stays. */
  begun(): void {
    if (this.#ends === null) this.clear();
  }

  /** Forgets a trial: another customer is shown. */
  clear(): void {
    this.#stop();
    this.#strip.hidden = true;
    this.#strip.dataset.state = '';
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#ends = null;
  }

  #tick(): void {
    if (this.#ends === null) return;
    const left = this.#ends - clock.now();
    const face = clockFace(left);
    if (this.#face.textContent !== face) fill(this.#face, face);
    this.#strip.style.setProperty('--left', String(Math.max(0, left / (this.#ends - this.#begun))));
  }
}
