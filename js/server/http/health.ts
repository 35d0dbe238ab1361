// GET /healthz and GET /metrics: how the server is, without a word about any customer.

import type { ServerState } from '../state.js';
import type { WebhookReceiver } from '../webhooks/receiver.js';
import { json } from './problem.js';

/** How the server is. */
export interface HealthReport {
  /** `ok`; `degraded`: it answers from what it has, but something needs a look; `down`: it cannot keep anything. */
  readonly status: 'ok' | 'degraded' | 'down';
  readonly store: {
    readonly ok: boolean;
    readonly kind: string;
    readonly durability: string;
    readonly pending?: number;
  };
  readonly queue: { readonly running: number; readonly waiting: number; readonly full: boolean };
  readonly customersHeld: number;
  readonly streams: number;
}

/** Asks every part. */
export async function healthOf(state: ServerState, streams: number): Promise<HealthReport> {
  const { ok, kind, durability, pending, queued = 0 } = await state.options.store.health();
  const { running, queued: waiting } = state.queue.counts();
  const { full } = state.queue;
  const status = state.closed || !ok ? 'down' : full || queued > 0 ? 'degraded' : 'ok';
  return {
    status,
    store: { ok, kind, durability, ...(pending !== undefined && { pending }) },
    queue: { running, waiting, full },
    customersHeld: state.holdings.size,
    streams,
  };
}

/** 200 while it can do its work, else 503. */
export async function health(state: ServerState, streams: number): Promise<Response> {
  const report = await healthOf(state, streams);
  return json(report.status === 'down' ? 503 : 200, report);
}

/** Prometheus text. */
export function metrics(
  state: ServerState,
  streams: number,
  receivers: ReadonlyMap<string, WebhookReceiver>,
): Response {
  const { metrics: all } = state;
  const { running, queued, refused } = state.queue.counts();
  all.set('plangate_queue_running', running);
  all.set('plangate_queue_waiting', queued);
  for (const [lane, count] of Object.entries(refused)) all.set('plangate_queue_refused_total', count, { lane });
  all.set('plangate_customers_held', state.holdings.size);
  all.set('plangate_streams', streams);
  all.set('plangate_engine_restarts_total', state.host.restarts);
  all.set('plangate_pending_settled_total', state.scheduler.counts.settled);
  all.set('plangate_pending_postponed_total', state.scheduler.counts.postponed);
  all.set('plangate_reconciled_total', state.reconciler?.counts.refreshed ?? 0);
  for (const [provider, receiver] of receivers) {
    const { outcomes, refused: wrong, failed } = receiver.counts();
    for (const [outcome, count] of Object.entries({ ...outcomes, ...wrong, failed })) {
      all.set('plangate_webhooks_total', count, { provider, outcome });
    }
  }
  return new Response(all.text(), {
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
  });
}
