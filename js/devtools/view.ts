// The panel's elements, but for the features' rows.
import { h, momentText, setText, spanText } from './dom.js';
import type { FeatureRow } from './row.js';
import { TimeControl } from './time.js';
import type { Devtools } from './tools.js';

const FILTERS = { all: 'all', allowed: 'allowed', denied: 'denied', overridden: 'overridden' };

/** Makes them, and keeps them as the tools are. */
export class View {
  readonly element: HTMLDivElement;
  readonly list = h('ul', { className: 'features', 'aria-label': 'Features' });
  readonly #tools: Devtools;
  readonly #folded: (open: boolean) => void;
  readonly #time: TimeControl;
  readonly #panel: HTMLElement;
  readonly #pill: HTMLButtonElement;
  readonly #edge = h('div', { className: 'edge', hidden: true });
  readonly #facts = h('p', { className: 'facts' });
  readonly #banner: HTMLDivElement;
  readonly #changes = h('span');
  readonly #search = h('input', {
    type: 'search',
    placeholder: 'Filter by key or reason',
    'aria-label': 'Filter features',
  });
  readonly #which: HTMLSelectElement;
  readonly #count = h('p', { className: 'facts' });
  readonly #recent = h('ol', { className: 'recent' });
  readonly #recentTitle = h('summary');
  readonly #status = h('span', { role: 'status' });
  #rows: readonly FeatureRow[] = [];

  constructor(tools: Devtools, folded: (open: boolean) => void) {
    this.#tools = tools;
    this.#folded = folded;
    this.#time = new TimeControl(tools, this.say);
    const reset = h('button', { type: 'button' }, 'Reset');
    reset.addEventListener('click', () => this.#reset());
    this.#banner = h('div', { className: 'banner', hidden: true }, this.#changes, reset);
    const options = Object.entries(FILTERS).map(([value, text]) => h('option', { value }, text));
    this.#which = h('select', { 'aria-label': 'Which features' }, ...options);
    for (const input of [this.#search, this.#which]) input.addEventListener('input', () => this.filter(this.#rows));
    this.#panel = this.#makePanel();
    this.#pill = h('button', { type: 'button', className: 'pill', 'aria-expanded': 'false', 'aria-controls': 'panel' });
    this.#pill.addEventListener('click', () => (this.open = !this.open));
    this.element = h('div', {}, this.#edge, this.#panel, this.#pill);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.open) return;
      this.open = false;
      this.#pill.focus();
    });
  }

  get open(): boolean {
    return !this.#panel.hidden;
  }

  set open(open: boolean) {
    this.#panel.hidden = !open;
    this.#pill.setAttribute('aria-expanded', String(open));
    this.#folded(open);
  }

  /** Tells, also those who do not see it. */
  say = (text: string): void => setText(this.#status, text);

  /** Shows what is not in the rows; answers whether anything is changed. */
  update(): boolean {
    const { gate, overrides, offset } = this.#tools;
    const count = Object.keys(overrides).length;
    const parts = [
      count > 0 && `${count} ${count === 1 ? 'override' : 'overrides'}`,
      offset !== 0 && `time ${spanText(offset)}`,
    ];
    const changed = parts.filter(Boolean).join(' · ');
    this.#edge.hidden = this.#banner.hidden = changed === '';
    this.element.classList.toggle('changed', changed !== '');
    setText(this.#changes, `Changed here: ${changed}`);
    setText(this.#pill, changed === '' ? 'plangate' : `plangate · ${changed}`);
    const { info } = gate ?? {};
    const list = info && `${info.customer} · ${info.source} · ${info.mode} · list of ${momentText(info.asOf)}`;
    setText(this.#facts, list ?? (gate ? 'No list is loaded.' : 'No client is connected.'));
    this.#time.update();
    this.#showRecent();
    return changed !== '';
  }

  filter(rows: readonly FeatureRow[]): void {
    this.#rows = rows;
    let shown = 0;
    for (const row of rows) {
      const matches = row.matches(this.#search.value.trim(), this.#which.value);
      row.element.hidden = !matches;
      shown += Number(matches);
    }
    setText(this.#count, `${shown} of ${rows.length} features`);
  }

  #makePanel(): HTMLElement {
    const close = h('button', { type: 'button', 'aria-label': 'Close' }, '✕');
    close.addEventListener('click', () => {
      this.open = false;
      this.#pill.focus();
    });
    const notice = h(
      'p',
      { className: 'notice', hidden: this.#tools.allowed },
      'A production build: answers can be read here, not changed.',
    );
    const copy = h('button', { type: 'button' }, 'Copy snapshot');
    copy.addEventListener('click', () => void this.#copy());
    const features = h(
      'section',
      { 'aria-label': 'Features' },
      h('div', { className: 'row spread' }, h('h3', {}, 'Features'), this.#count),
      h('div', { className: 'row filter' }, this.#search, this.#which),
      this.list,
    );
    const recent = h(
      'section',
      { 'aria-label': 'Recent decisions' },
      h('details', {}, this.#recentTitle, this.#recent),
    );
    return h(
      'div',
      { id: 'panel', className: 'panel', hidden: true, role: 'region', 'aria-label': 'plangate devtools' },
      h('div', { className: 'head' }, h('div', {}, h('h2', {}, 'plangate'), this.#facts), close),
      this.#banner,
      notice,
      h('div', { className: 'body' }, this.#time.element, features, recent),
      h('div', { className: 'foot' }, copy, this.#status),
    );
  }

  #showRecent(): void {
    const recent = [...this.#tools.recent()].reverse().slice(0, 50);
    setText(this.#recentTitle, `Recent decisions (${recent.length})`);
    this.#recent.replaceChildren(
      ...recent.map(({ at, question, key, field, allowed, reason }) =>
        h(
          'li',
          {},
          h('time', { dateTime: new Date(at).toISOString() }, new Date(at).toISOString().slice(11, 19)),
          h('code', {}, `${question}(${field === undefined ? key : `${key}, ${field}`})`),
          h('code', {}, `${allowed ? '✓' : '✕'} ${reason}`),
        ),
      ),
    );
  }

  #reset(): void {
    this.#tools.reset();
    this.say('Everything is as decided, now.');
    this.#search.focus();
  }

  async #copy(): Promise<void> {
    const text = this.#tools.gate?.snapshot();
    if (!text) return this.say('There is no snapshot.');
    try {
      await navigator.clipboard.writeText(text);
      this.say('The snapshot is copied.');
    } catch {
      this.say('The browser does not let this page copy.');
    }
  }
}
