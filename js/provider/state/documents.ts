// The documents beside the ledger, in memory, with what a request has changed so far.

import type { DeliveryDetail } from '../answers/delivery.js';
import type { StoredDocument } from './journal.js';

/** Every kind of document, and its shape. Times are ms since epoch unless a name says otherwise. */
export interface DocumentKinds {
  clock: ClockDocument;
  webhook_endpoint: EndpointDocument;
  event: EventDocument;
  delivery: DeliveryDocument;
  idempotency: IdempotencyDocument;
  summary: SummaryDocument;
  setting: SettingDocument;
  record: RecordDocument;
}

/** The provider's own clock: real time and an offset, or stopped. */
export interface ClockDocument {
  /** Stopped at this time; null: it runs. */
  readonly frozenAt: number | null;
  /** Added to real time while it runs. */
  readonly offset: number;
}

export type Protocol = 'stripe' | 'paygentic';

export interface EndpointDocument {
  readonly id: string;
  readonly protocol: Protocol;
  readonly url: string;
  readonly secret: string;
  /** Event types; `*` is all. */
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly apiVersion: string | null;
  readonly createdAt: number;
}

export interface EventDocument {
  readonly id: string;
  readonly protocol: Protocol;
  readonly type: string;
  /** Of the provider's clock. */
  readonly createdAt: number;
  readonly customer: string | null;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  /** As it is listed; deliveries send the same. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What is stored of a delivery; the rest of its answers is of its event and its endpoint. */
export type DeliveryDocument = Pick<DeliveryDetail, 'id' | 'event' | 'endpoint' | 'state' | 'attempts' | 'nextAt'>;

export interface IdempotencyDocument {
  readonly key: string;
  /** Of method, path and body. */
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  /** Real time. */
  readonly createdAt: number;
}

/** The list that a customer's last summary event told, at most ten rows: the next one's previous attributes. */
export interface SummaryDocument {
  readonly data: readonly unknown[];
}

/** What Paygentic's catalogue has beside the ledger: fees, billable metrics, and prices that no plan has taken yet. */
export interface RecordDocument {
  readonly id: string;
  readonly type: 'fee' | 'metric' | 'price';
  readonly product: string;
  readonly createdAt: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Something of the provider's own: its keys, the next number of its ids. */
export interface SettingDocument {
  readonly value: unknown;
}

export type DocumentKind = keyof DocumentKinds;

/** Documents by kind, in the order they came. Changes are kept apart until they are taken or dropped. */
export class Documents {
  readonly #kept = new Map<DocumentKind, Map<string, unknown>>();
  readonly #changed = new Map<string, { kind: DocumentKind; id: string; before: unknown }>();
  readonly #pending = new Set<string>();
  /** Deliveries by event. */
  readonly #deliveries = new Map<string, Set<string>>();

  constructor(documents: readonly StoredDocument[] = []) {
    this.load(documents);
  }

  /** Forgets everything, and takes these. */
  load(documents: readonly StoredDocument[]): void {
    this.#kept.clear();
    this.#changed.clear();
    this.#pending.clear();
    this.#deliveries.clear();
    for (const { kind, id, body } of documents) this.#set(kind as DocumentKind, id, JSON.parse(body));
  }

  get<K extends DocumentKind>(kind: K, id: string): DocumentKinds[K] | undefined {
    return this.#of(kind).get(id) as DocumentKinds[K] | undefined;
  }

  /** All of a kind, oldest first. */
  all<K extends DocumentKind>(kind: K): DocumentKinds[K][] {
    return [...this.#of(kind).values()] as DocumentKinds[K][];
  }

  /** The oldest of a kind. */
  first<K extends DocumentKind>(kind: K, count: number): DocumentKinds[K][] {
    const some: unknown[] = [];
    for (const document of this.#of(kind).values()) {
      if (some.length >= count) break;
      some.push(document);
    }
    return some as DocumentKinds[K][];
  }

  /** Deliveries that have not come to an end, oldest first. */
  *pending(): Generator<DeliveryDocument, void> {
    for (const id of this.#pending) {
      const delivery = this.get('delivery', id);
      if (delivery) yield delivery;
    }
  }

  /** An event's deliveries, oldest first. */
  deliveriesOf(event: string): DeliveryDocument[] {
    const ids = [...(this.#deliveries.get(event) ?? [])];
    return ids.map((id) => this.get('delivery', id)).filter((delivery) => delivery !== undefined);
  }

  count(kind: DocumentKind): number {
    return this.#of(kind).size;
  }

  put<K extends DocumentKind>(kind: K, id: string, body: DocumentKinds[K]): void {
    this.#remember(kind, id);
    this.#set(kind, id, body);
  }

  remove(kind: DocumentKind, id: string): void {
    this.#remember(kind, id);
    this.#set(kind, id, undefined);
  }

  /** What has changed since it was last asked, for the journal. The changes stay. */
  changes(): { puts: StoredDocument[]; removals: { kind: string; id: string }[] } {
    const puts: StoredDocument[] = [];
    const removals: { kind: string; id: string }[] = [];
    for (const { kind, id } of this.#changed.values()) {
      const body = this.#of(kind).get(id);
      if (body === undefined) removals.push({ kind, id });
      else puts.push({ kind, id, body: JSON.stringify(body) });
    }
    return { puts, removals };
  }

  /** The changes are durable. */
  keep(): void {
    this.#changed.clear();
  }

  /** Takes the changes back. A removed document comes back at the end of its kind. */
  drop(): void {
    for (const { kind, id, before } of [...this.#changed.values()].reverse()) {
      this.#set(kind, id, before);
    }
    this.#changed.clear();
  }

  #of(kind: DocumentKind): Map<string, unknown> {
    let map = this.#kept.get(kind);
    if (!map) this.#kept.set(kind, (map = new Map()));
    return map;
  }

  /** undefined: it is gone. */
  #set(kind: DocumentKind, id: string, body: unknown): void {
    if (kind === 'delivery') this.#index(id, body as DeliveryDocument | undefined);
    if (body === undefined) this.#of(kind).delete(id);
    else this.#of(kind).set(id, body);
  }

  #index(id: string, delivery: DeliveryDocument | undefined): void {
    if (delivery?.state === 'pending') this.#pending.add(id);
    else this.#pending.delete(id);
    const event = (delivery ?? this.get('delivery', id))?.event;
    if (event === undefined) return;
    const siblings = this.#deliveries.get(event) ?? new Set();
    if (delivery) this.#deliveries.set(event, siblings.add(id));
    else if (siblings.delete(id) && siblings.size === 0) this.#deliveries.delete(event);
  }

  #remember(kind: DocumentKind, id: string): void {
    const name = `${kind} ${id}`;
    if (!this.#changed.has(name)) this.#changed.set(name, { kind, id, before: this.#of(kind).get(id) });
  }
}
