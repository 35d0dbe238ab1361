// What a billing system is, written down slowly and obviously: sets, lists, and time walked from one boundary to the next.
// It shares nothing with the rules in C++. All prices are monthly; times are ms.

export interface ModelFeature {
  readonly id: string;
  readonly key: string;
  active: boolean;
}

export interface ModelItem {
  readonly id: string;
  price: string;
  /** Features as they were attached when the period began, or when the item came. */
  grants: ReadonlySet<string>;
}

export type TrialEnd = 'create_invoice' | 'cancel' | 'pause';

export interface ModelSubscription {
  readonly id: string;
  readonly customer: string;
  items: ModelItem[];
  status: 'trialing' | 'active' | 'paused' | 'canceled';
  /** Where the months are counted from, and how many have begun. */
  anchor: number;
  months: number;
  trialEnd: number;
  readonly atTrialEnd: TrialEnd;
  cancelAtEnd: boolean;
}

/** The same day so many months later, or the month's last day: counted on the fingers, in UTC. */
export function monthsLater(time: number, months: number): number {
  const from = new Date(time);
  const [year, month] = [
    from.getUTCFullYear() + Math.floor((from.getUTCMonth() + months) / 12),
    (from.getUTCMonth() + months) % 12,
  ];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] as number;
  const midnight = Date.UTC(year, month, Math.min(from.getUTCDate(), length));
  return midnight + (time - Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()));
}

export class Model {
  /** The provider's time. */
  now: number;
  /** Customers who live in a test clock's time, and that time. One customer a clock. */
  readonly times = new Map<string, number>();
  readonly features: ModelFeature[] = [];
  /** Price id -> product id. */
  readonly prices = new Map<string, string>();
  readonly attachments: { readonly id: string; readonly product: string; readonly feature: string }[] = [];
  readonly customers: string[] = [];
  readonly subscriptions: ModelSubscription[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** What a price grants to whoever buys it now. */
  granted(price: string): Set<string> {
    const product = this.prices.get(price);
    return new Set(this.attachments.filter((each) => each.product === product).map((each) => each.feature));
  }

  /** When a subscription's period ends. */
  boundary(subscription: ModelSubscription): number {
    return subscription.status === 'trialing'
      ? subscription.trialEnd
      : monthsLater(subscription.anchor, subscription.months);
  }

  /** What time it is for a customer. */
  timeOf(customer: string): number {
    return this.times.get(customer) ?? this.now;
  }

  /** Walks to a time, boundary by boundary: everybody without a test clock, or one customer with one. */
  walkTo(time: number, customer?: string): void {
    const walks = (each: ModelSubscription): boolean =>
      customer === undefined ? !this.times.has(each.customer) : each.customer === customer;
    for (;;) {
      const running = this.subscriptions
        .filter(({ status }) => status === 'trialing' || status === 'active')
        .filter(walks);
      const due = running.filter((each) => this.boundary(each) <= time);
      if (due.length === 0) break;
      const first = due.reduce((a, b) => (this.boundary(b) < this.boundary(a) ? b : a));
      this.pass(first, this.boundary(first));
    }
    if (customer === undefined) this.now = time;
    else this.times.set(customer, time);
  }

  private pass(subscription: ModelSubscription, at: number): void {
    if (subscription.cancelAtEnd) subscription.status = 'canceled';
    else if (subscription.status === 'trialing') this.endTrial(subscription, at);
    else this.renew(subscription);
  }

  private endTrial(subscription: ModelSubscription, at: number): void {
    if (subscription.atTrialEnd === 'cancel') subscription.status = 'canceled';
    else if (subscription.atTrialEnd === 'pause') subscription.status = 'paused';
    else {
      subscription.status = 'active';
      subscription.anchor = at;
      subscription.months = 0;
      this.renew(subscription);
    }
  }

  private renew(subscription: ModelSubscription): void {
    subscription.months += 1;
    for (const item of subscription.items) item.grants = this.granted(item.price);
  }

  /** What an export does not hold: what has ended, and that attachments wait for a next period. */
  forgetThePast(): void {
    this.subscriptions.splice(0, Infinity, ...this.subscriptions.filter(({ status }) => status !== 'canceled'));
    for (const { items } of this.subscriptions) for (const item of items) item.grants = this.granted(item.price);
  }

  /** A paused one goes on: a new period begins now. */
  resume(subscription: ModelSubscription): void {
    subscription.status = 'active';
    subscription.anchor = this.timeOf(subscription.customer);
    subscription.months = 0;
    this.renew(subscription);
  }

  /** The ids of the features that a customer is entitled to now. */
  entitled(customer: string): Set<string> {
    const own = this.subscriptions.filter((each) => each.customer === customer);
    const running = own.filter(({ status }) => status === 'trialing' || status === 'active');
    return new Set(running.flatMap(({ items }) => items.flatMap(({ grants }) => [...grants])));
  }
}
