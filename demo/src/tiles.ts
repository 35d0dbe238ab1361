// A tile for each feature, in groups. A tile is made once and then told each new decision, so that focus stays put.
import type { Decision, JsonValue, PlangateClient } from 'plangate';

import { byId, fill, h, icon } from './dom.js';
import type { Feature } from './features.js';
import { count, label, until, value, words } from './format.js';

interface Tile {
  readonly feature: Feature;
  readonly element: HTMLLIElement;
  show(decision: Decision): void;
}

/** Asked for when somebody wants a locked feature. */
export type AskUpgrade = (keys: readonly Feature['key'][], title: string) => void;

/** What a feature comes with: its config, and for a metered one what is left. */
function terms({ config, limit, remaining }: Decision): HTMLElement | null {
  const fields: [string, JsonValue][] = Object.entries(config ?? {});
  if (limit !== undefined && remaining !== undefined) fields.push(['left', `${value(remaining)} of ${value(limit)}`]);
  if (fields.length === 0) return null;
  return h(
    'dl',
    { class: 'config' },
    ...fields.map(([field, json]) => h('div', {}, h('dt', {}, label(field)), h('dd', {}, value(json)))),
  );
}

function makeTile(feature: Feature, askUpgrade: AskUpgrade): Tile {
  const verdict = h('p', { class: 'verdict' });
  const details = h('p', { class: 'details' });
  const config = h('div');
  const unlock = h(
    'button',
    { type: 'button', class: 'link', onclick: () => askUpgrade([feature.key], feature.title) },
    'How to unlock',
    h('span', { class: 'unseen' }, ` ${feature.title}`),
  );
  const element = h(
    'li',
    { class: 'tile', 'data-key': feature.key },
    h('h4', {}, feature.title),
    h('p', { class: 'blurb' }, feature.blurb),
    verdict,
    details,
    config,
    unlock,
  );
  let shown: Decision | undefined;
  function show(decision: Decision): void {
    // The same object until the decision changes: nothing to do, and nothing for a screen reader to read again.
    if (decision === shown) return;
    shown = decision;
    const { allowed, reason } = decision;
    element.dataset.state = allowed ? 'open' : 'locked';
    fill(
      verdict,
      icon(allowed ? 'open' : 'locked'),
      h('strong', {}, allowed ? 'Open' : 'Locked'),
      h('span', {}, words(reason)),
    );
    fill(details, h('code', {}, reason), allowed && h('span', { class: 'until' }, until(decision)));
    fill(config, terms(decision));
    unlock.hidden = allowed;
  }
  return { feature, element, show };
}

interface Group {
  readonly tiles: Tile[];
  readonly tally: HTMLElement;
  readonly element: HTMLElement;
}

/** The feature tiles of the page. */
export class Tiles {
  #groups: Group[] = [];

  /** Makes the tiles of a list of features. */
  constructor(features: readonly Feature[], askUpgrade: AskUpgrade) {
    const names = [...new Set(features.map(({ group }) => group))];
    fill(
      byId('groups'),
      ...names.map((name) =>
        this.#group(
          name,
          features.filter(({ group }) => group === name),
          askUpgrade,
        ),
      ),
    );
  }

  #group(name: string, features: readonly Feature[], askUpgrade: AskUpgrade): HTMLElement {
    const tiles = features.map((feature) => makeTile(feature, askUpgrade));
    const tally = h('span', { class: 'tally' });
    const id = `group-${name.toLowerCase()}`;
    const element = h(
      'section',
      { class: 'group', 'aria-labelledby': id },
      h('h3', { id }, name, ' ', tally),
      h('ul', { class: 'tiles' }, ...tiles.map((tile) => tile.element)),
    );
    this.#groups.push({ tiles, tally, element });
    return element;
  }

  /** Shows what the gate says now. */
  show(gate: PlangateClient): void {
    for (const { tiles, tally, element } of this.#groups) {
      for (const { feature, show } of tiles) show(gate.check(feature.key));
      const open = tiles.filter(({ feature }) => gate.hasFeature(feature.key)).length;
      element.dataset.open = open === 0 ? 'none' : open === tiles.length ? 'all' : 'some';
      fill(tally, `${open} of ${count(tiles.length, 'feature')} open`);
    }
  }
}
