// /v1/webhook_endpoints and /v1/events.

import type { Stretch } from '../../engine/billing.js';
import type { EndpointDocument, EventDocument } from '../state/documents.js';
import { invalid, missing } from './errors.js';
import { pageOf } from './list.js';
import { changedMetadata, flag, list, metadata, paging, range, required, text, unset } from './params.js';
import { route } from './route.js';
import type { Call, Route } from './route.js';
import { deleted, event, webhookEndpoint } from './shapes.js';

const ENDPOINTS = '/v1/webhook_endpoints';
const EVENTS = '/v1/events';

function checkedUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw invalid('Invalid URL: an http or https URL is wanted.', 'url', 'url_invalid');
  return url;
}

/** All events, or their types: a pattern would match nothing, and silently. */
function checkedEvents(events: readonly string[]): readonly string[] {
  if (events.length === 0)
    throw invalid('enabled_events may not be empty.', 'enabled_events', 'parameter_invalid_empty');
  const wrong = events.findIndex((type) => type !== '*' && !/^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/.test(type));
  if (wrong >= 0) {
    const param = `enabled_events[${wrong}]`;
    throw invalid(`Invalid ${param}: '${events[wrong]}' is no event type; '*' alone means all.`, param);
  }
  return events;
}

function endpointOf({ documents, part }: Call): EndpointDocument {
  const found = documents.get('webhook_endpoint', part('id'));
  if (found?.protocol !== 'stripe') throw missing('webhook endpoint', part('id'));
  return found;
}

export const webhookEndpointRoutes: readonly Route[] = [
  route(
    'POST',
    ENDPOINTS,
    {
      url: required(text()),
      enabled_events: required(list(text())),
      description: unset(text()),
      metadata,
      api_version: text(),
      connect: flag,
    },
    (
      { url, enabled_events: events, description, metadata: own, api_version: apiVersion },
      { documents, now, work },
    ) => {
      const endpoint: EndpointDocument = {
        id: work.ids.make('we'),
        protocol: 'stripe',
        url: checkedUrl(url),
        secret: work.ids.secret(),
        events: checkedEvents(events),
        enabled: true,
        description: description ?? null,
        metadata: changedMetadata({}, own),
        apiVersion: apiVersion ?? null,
        createdAt: now,
      };
      documents.put('webhook_endpoint', endpoint.id, endpoint);
      return webhookEndpoint(endpoint, true);
    },
  ),
  route('GET', ENDPOINTS, paging, (cursors, { documents }) => {
    const rows = documents.all('webhook_endpoint').filter(({ protocol }) => protocol === 'stripe');
    return pageOf(rows.reverse(), cursors, ENDPOINTS, (row) => webhookEndpoint(row));
  }),
  route('GET', `${ENDPOINTS}/:id`, {}, (_, call) => webhookEndpoint(endpointOf(call))),
  route(
    'POST',
    `${ENDPOINTS}/:id`,
    { url: text(), enabled_events: list(text()), description: unset(text()), disabled: flag, metadata },
    ({ url, enabled_events: events, description, disabled, metadata: own }, call) => {
      const before = endpointOf(call);
      const after: EndpointDocument = {
        ...before,
        ...(url !== undefined && { url: checkedUrl(url) }),
        ...(events !== undefined && { events: checkedEvents(events) }),
        ...(description !== undefined && { description }),
        ...(disabled !== undefined && { enabled: !disabled }),
        metadata: changedMetadata(before.metadata, own),
      };
      call.documents.put('webhook_endpoint', before.id, after);
      return webhookEndpoint(after);
    },
  ),
  route('DELETE', `${ENDPOINTS}/:id`, {}, (_, call) => {
    const { id } = endpointOf(call);
    call.documents.remove('webhook_endpoint', id);
    return deleted(id, 'webhook_endpoint');
  }),
];

function within(time: number, { from = -Infinity, before = Infinity }: Stretch = {}): boolean {
  return time >= from && time < before;
}

/** `customer.*` names all types that begin so. */
function isOf(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

function eventJson({ documents }: Call, from: EventDocument): ReturnType<typeof event> {
  return event(from, documents.deliveriesOf(from.id).filter(({ state }) => state === 'pending').length);
}

export const eventRoutes: readonly Route[] = [
  route(
    'GET',
    EVENTS,
    { ...paging, type: text(), types: list(text(), { max: 20 }), created: range, delivery_success: flag },
    ({ type, types, created, delivery_success: success, ...cursors }, call) => {
      if (type !== undefined && types !== undefined) throw invalid('Give type or types, not both.', 'types');
      const patterns = types ?? (type === undefined ? ['*'] : [type]);
      const isSent = (id: string): boolean =>
        call.documents.deliveriesOf(id).every(({ state }) => state === 'delivered');
      const rows = call.documents
        .all('event')
        .filter(
          (row) =>
            row.protocol === 'stripe' &&
            patterns.some((pattern) => isOf(row.type, pattern)) &&
            within(row.createdAt, created) &&
            (success === undefined || success === isSent(row.id)),
        );
      return pageOf(rows.reverse(), cursors, EVENTS, (row) => eventJson(call, row));
    },
  ),
  route('GET', `${EVENTS}/:id`, {}, (_, call) => {
    const found = call.documents.get('event', call.part('id'));
    if (found?.protocol !== 'stripe') throw missing('event', call.part('id'));
    return eventJson(call, found);
  }),
];
