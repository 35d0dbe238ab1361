// Webhook endpoints, however they are made.

import type { EndpointOptions } from '../options.js';
import { invalidOption } from '../errors.js';
import type { EndpointDocument } from '../state/documents.js';
import type { Work } from '../state/work.js';

/** Whether events can be posted to it. */
export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:/.test(url);
}

/** Adds an endpoint; one with the same address and protocol that is there already stays. Throws ProviderError for a bad address. */
export function addEndpoint(work: Work, options: EndpointOptions, secret: string): EndpointDocument {
  const { url, protocol = 'stripe', events = ['*'] } = options;
  if (!isWebAddress(url)) throw invalidOption(`a webhook's url is http or https, not '${url}'`);
  const there = work.documents.all('webhook_endpoint').find((row) => row.url === url && row.protocol === protocol);
  if (there) return there;
  const endpoint: EndpointDocument = {
    id: work.ids.make('we'),
    protocol,
    url,
    secret,
    events,
    enabled: true,
    description: null,
    metadata: {},
    apiVersion: null,
    createdAt: work.now,
  };
  work.documents.put('webhook_endpoint', endpoint.id, endpoint);
  return endpoint;
}
