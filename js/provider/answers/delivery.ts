// Deliveries to webhook endpoints, as the control API answers them: one shape for the provider, its page and the command line.

/** Once that a delivery was tried. */
export interface Attempt {
  /** Real time, ms: a frozen clock does not stop the network. */
  readonly at: number;
  /** The answer's status; null: no answer. */
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** What went over the wire with it. */
export interface AttemptDetail extends Attempt {
  /** What was sent above the body, its signature among it; absent when nothing was sent, or an earlier version wrote this. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The beginning of the answer's body. */
  readonly answer?: string;
}

/** A delivery in a list: `GET /_plangate/deliveries`. */
export interface Delivery {
  readonly id: string;
  /** The event's id. */
  readonly event: string;
  /** The endpoint's id. */
  readonly endpoint: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: readonly Attempt[];
  /** When it is tried next, real time; null: not on its own. */
  readonly nextAt: number | null;
  /** The event's, of which it has a type, a customer, a time and a system; absent when it is no longer kept. */
  readonly type?: string;
  readonly customer?: string | null;
  readonly createdAt?: number;
  readonly protocol?: 'stripe' | 'paygentic';
  /** The endpoint's; absent when it was removed. */
  readonly url?: string;
}

/** One delivery: `GET /_plangate/deliveries/{id}`. */
export interface DeliveryDetail extends Delivery {
  readonly attempts: readonly AttemptDetail[];
  /** The body as it is sent; null when the event is no longer kept. */
  readonly body: string | null;
}
