// Deliveries to webhook endpoints as the control API tells them: in a list, and one with all that was sent and answered.

import type { Context, Hono } from 'hono';

import type { Delivery, DeliveryDetail } from '../answers/delivery.js';
import type { DeliveryDocument } from '../state/documents.js';
import type { ProviderState } from '../state/state.js';
import { deliveryBody } from '../webhooks/outbox.js';
import type { Outbox } from '../webhooks/outbox.js';
import { limitOf, problem } from './request.js';

/** Adds the routes. */
export function addDeliveryRoutes(app: Hono, { state, outbox }: { state: ProviderState; outbox: Outbox }): void {
  const missing = (context: Context, id: string): Response =>
    context.json(problem('NOT_FOUND', `There is no delivery '${id}'.`), 404);
  app.get('/deliveries', (context) => {
    const { event, state: wanted } = context.req.query();
    const rows = state.documents
      .all('delivery')
      .filter((row) => (event === undefined || row.event === event) && (wanted === undefined || row.state === wanted));
    const data = rows.reverse().slice(0, limitOf(context));
    return context.json({ data: data.map((row) => inList(state, row)) });
  });
  app.get('/deliveries/:id', (context) => {
    const id = context.req.param('id');
    const row = state.documents.get('delivery', id);
    return row ? context.json(inFull(state, row)) : missing(context, id);
  });
  app.post('/deliveries/:id/retry', async (context) => {
    const id = context.req.param('id');
    return (await outbox.retry(id)) ? context.json({ id, state: 'pending' }) : missing(context, id);
  });
}

function inList(state: ProviderState, row: DeliveryDocument): Delivery {
  const attempts = row.attempts.map(({ at, status, error, durationMs }) => ({ at, status, error, durationMs }));
  return { ...row, ...aboutOf(state, row), attempts };
}

function inFull(state: ProviderState, row: DeliveryDocument): DeliveryDetail {
  const event = state.documents.get('event', row.event);
  return { ...row, ...aboutOf(state, row), body: event ? deliveryBody(event) : null };
}

/** What a delivery is of, and where it goes. */
function aboutOf({ documents }: ProviderState, { event: id, endpoint }: DeliveryDocument) {
  const event = documents.get('event', id);
  const url = documents.get('webhook_endpoint', endpoint)?.url;
  return {
    ...(event && {
      type: event.type,
      customer: event.customer,
      createdAt: event.createdAt,
      protocol: event.protocol,
    }),
    ...(url !== undefined && { url }),
  };
}
