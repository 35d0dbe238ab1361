// <plangate-devtools>: the tools' face. Everything is in its shadow tree; the page around it is not touched, but for the mark.
import { FeatureRow } from './row.js';
import { styleSheet } from './styles.js';
import type { Devtools } from './tools.js';
import { View } from './view.js';

// On servers the module can be imported, and does nothing.
const Base = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

/** The panel and its button in the corner of the page. Set `tools`, or use showDevtools(). */
export class PlangateDevtoolsElement extends Base {
  readonly #rows = new Map<string, FeatureRow>();
  readonly #root = this.attachShadow({ mode: 'open' });
  #tools: Devtools | undefined;
  #view: View | undefined;
  #stop: (() => void) | undefined;
  #due = false;

  get tools(): Devtools | undefined {
    return this.#tools;
  }

  set tools(tools: Devtools | undefined) {
    this.disconnectedCallback();
    this.#tools = tools;
    this.#rows.clear();
    this.#view = tools && new View(tools, (open) => this.toggleAttribute('open', open));
    this.#root.adoptedStyleSheets = [styleSheet()];
    this.#root.replaceChildren(...(this.#view ? [this.#view.element] : []));
    if (this.isConnected) this.connectedCallback();
  }

  /** Whether the panel is unfolded. */
  get open(): boolean {
    return this.#view?.open ?? false;
  }

  set open(open: boolean) {
    if (this.#view) this.#view.open = open;
  }

  connectedCallback(): void {
    if (!this.#tools || this.#stop) return;
    this.#stop = this.#tools.subscribe(() => this.#soon());
    if (this.hasAttribute('open')) this.open = true;
    this.#update();
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = undefined;
    document.documentElement.removeAttribute('data-plangate-devtools');
  }

  /** Once a frame, however often answers change. */
  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      if (this.#stop) this.#update();
    });
  }

  #update(): void {
    const { gate } = this.#tools!;
    const view = this.#view!;
    const changed = view.update();
    document.documentElement.toggleAttribute('data-plangate-devtools', changed);
    if (!gate) return;
    const keys = this.#tools!.keys();
    for (const key of this.#rows.keys()) {
      if (keys.includes(key)) continue;
      this.#rows.get(key)!.element.remove();
      this.#rows.delete(key);
    }
    keys.forEach((key, at) => {
      let row = this.#rows.get(key);
      if (!row) this.#rows.set(key, (row = new FeatureRow(key, this.#tools!, view.say)));
      row.update(gate);
      if (view.list.children[at] !== row.element) view.list.insertBefore(row.element, view.list.children[at] ?? null);
    });
    view.filter([...this.#rows.values()]);
  }
}
