// plangate/element: <plan-gate feature="sso">…<span slot="locked">…</span></plan-gate>, in any page or framework.
import { gateNow, watch } from '../client/coming.js';
import type { Coming } from '../client/coming.js';
import type { FeatureKey } from '../client/features.js';
import { accessOf, NO_VIEW } from '../client/view.js';
import type { Access } from '../client/view.js';

/** Which of the element's slots is in its shadow tree. */
const SLOTS: Readonly<Record<Access, string>> = { allowed: '', denied: 'locked', loading: 'loading' };

// On servers the module can be imported, and does nothing.
const Base = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

let shared: Coming | undefined;

/**
 * Shows its content to customers that have the feature, what is in slot `locked` while it is denied, and what is in slot
 * `loading` while the first list is on its way. The others are in no layout, in no tab order and not in the accessibility
 * tree. Attributes: `feature`, `product` (only entitlements of this product), `announce` (changes are read out politely).
 * It reflects `access` (`allowed`, `denied`, `loading`) for style sheets, and fires `plangate-access` when that changes.
 */
export class PlanGateElement extends Base {
  static readonly observedAttributes = ['feature', 'product', 'announce'];
  readonly #internals = this.attachInternals();
  // A server may have sent the shadow tree along, so that nothing flickers before this script runs.
  readonly #root = this.#internals.shadowRoot ?? this.attachShadow({ mode: 'open' });
  #own: Coming | undefined;
  #access: Access | undefined;
  #stop: (() => void) | undefined;

  constructor() {
    super();
    if (!Object.hasOwn(this, 'gate')) return;
    // Set while the element was not defined yet: as a property of its own it would hide the accessor.
    this.#own = this.gate;
    delete (this as { gate?: unknown }).gate;
  }

  /** The client, or the promise of createPlangate(); that of definePlanGate() unless set. */
  get gate(): Coming | undefined {
    return this.#own ?? shared;
  }

  set gate(gate: Coming | undefined) {
    this.#own = gate;
    if (this.isConnected) this.connectedCallback();
  }

  /** What is shown; undefined before the element is in a page. */
  get access(): Access | undefined {
    return this.#access;
  }

  connectedCallback(): void {
    this.#stop?.();
    const { gate } = this;
    this.#stop = gate && watch(gate, () => this.#show());
    this.#show();
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#show();
  }

  #show(): void {
    const view = (this.gate && gateNow(this.gate)) ?? NO_VIEW;
    const key = (this.getAttribute('feature') ?? '') as FeatureKey;
    const access = accessOf(view, key, this.getAttribute('product') ?? undefined);
    if (access !== this.#access) this.#put(access);
    // Live from the first answer on: that one is the page itself, and no news.
    const isLive = this.hasAttribute('announce') && (access !== 'loading' || this.#internals.ariaLive);
    this.#internals.ariaLive = isLive ? 'polite' : null;
  }

  #put(access: Access): void {
    const isFirst = this.#access === undefined;
    this.#access = access;
    const slot = document.createElement('slot');
    slot.name = SLOTS[access];
    this.#root.replaceChildren(slot);
    this.setAttribute('access', access);
    if (isFirst) return;
    this.dispatchEvent(new CustomEvent('plangate-access', { detail: access, bubbles: true, composed: true }));
  }
}

/** Options of definePlanGate. */
export interface PlanGateOptions {
  /** The element's name; `plan-gate` unless told. */
  readonly tag?: string;
}

/** Defines the element, and gives all of them this client, or the promise of one. Safe to call again: a new client takes over. */
export function definePlanGate(gate: Coming, { tag = 'plan-gate' }: PlanGateOptions = {}): void {
  shared = gate;
  if (!customElements.get(tag))
    customElements.define(tag, tag === 'plan-gate' ? PlanGateElement : class extends PlanGateElement {});
  document.querySelectorAll(tag).forEach((element) => (element as PlanGateElement).connectedCallback());
}

/** For servers: the shadow tree to write into <plan-gate> (declarative shadow DOM), so that the right part shows at once. */
export const planGateTemplate = (access: Access): string =>
  `<template shadowrootmode="open"><slot${SLOTS[access] && ` name="${SLOTS[access]}"`}></slot></template>`;

declare global {
  interface HTMLElementTagNameMap {
    'plan-gate': PlanGateElement;
  }
}
