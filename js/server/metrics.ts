// Counters, and their text in the Prometheus exposition format.

/** Labels of a sample. Values come from closed lists only: no customer, no path, no message. */
export type Labels = Readonly<Record<string, string>>;

const HELP: Readonly<Record<string, [type: 'counter' | 'gauge' | 'summary', help: string]>> = {
  plangate_refreshes_total: ['counter', 'Fetches of customers from the billing system, by lane and outcome.'],
  plangate_refresh_seconds: ['summary', 'How long fetches of customers took.'],
  plangate_requests_total: ['counter', 'HTTP requests answered, by route and status.'],
  plangate_gates_total: ['counter', 'Gate decisions, by outcome.'],
  plangate_consumptions_total: ['counter', 'Consumptions, by outcome.'],
  plangate_webhooks_total: ['counter', 'Webhook deliveries, by provider and outcome.'],
  plangate_errors_total: ['counter', 'Failures in the background, by code.'],
  plangate_row_warnings_total: ['counter', 'Rows of lists that were closed or dropped, by code.'],
  plangate_pending_settled_total: ['counter', 'Refetches that webhooks asked for, done.'],
  plangate_pending_postponed_total: ['counter', 'Refetches that webhooks asked for, put off after a failure.'],
  plangate_reconciled_total: ['counter', 'Customers fetched by the slow walk.'],
  plangate_queue_running: ['gauge', 'Fetches under way.'],
  plangate_queue_waiting: ['gauge', 'Customers that wait to be fetched.'],
  plangate_queue_refused_total: ['counter', 'Fetches refused because the queue was full, by lane.'],
  plangate_customers_held: ['gauge', 'Customers in memory.'],
  plangate_streams: ['gauge', 'Open event streams.'],
  plangate_engine_restarts_total: ['counter', 'Engines that stopped and were replaced.'],
};

const escape = (text: string): string => text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

/** The counters of one server. */
export class Metrics {
  readonly #values = new Map<string, Map<string, number>>();

  count(name: string, labels: Labels = {}, by = 1): void {
    const series = this.#series(name);
    const label = labelText(labels);
    series.set(label, (series.get(label) ?? 0) + by);
  }

  /** For a gauge, or a counter that is kept elsewhere. */
  set(name: string, value: number, labels: Labels = {}): void {
    this.#series(name).set(labelText(labels), value);
  }

  observe(name: string, seconds: number): void {
    const series = this.#series(name);
    series.set('_count', (series.get('_count') ?? 0) + 1);
    series.set('_sum', (series.get('_sum') ?? 0) + seconds);
  }

  /** Everything in text format 0.0.4; what has not happened yet is named as well. */
  text(): string {
    const lines: string[] = [];
    const nothing = new Map<string, number>();
    for (const name of new Set([...Object.keys(HELP), ...this.#values.keys()])) {
      const series = this.#values.get(name) ?? nothing;
      const [type, help] = HELP[name] ?? ['counter', name];
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [label, value] of series) lines.push(`${name}${label} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #series(name: string): Map<string, number> {
    let series = this.#values.get(name);
    if (!series) this.#values.set(name, (series = new Map()));
    return series;
  }
}
