// Webhook endpoints of both systems: listed with their secrets, added, switched and removed.

import type { Context, Hono } from 'hono';

import { boolean, object, optional, string, word } from '../http/shape.js';
import type { EndpointDocument } from '../state/documents.js';
import type { ProviderState } from '../state/state.js';
import { addEndpoint, isWebAddress } from '../webhooks/endpoints.js';
import { bodyOf, InvalidBody, problem } from './request.js';

const PATH = '/webhooks';

const added = object({ url: string, protocol: optional(word('stripe', 'paygentic')) });
const changed = object({ enabled: boolean });

interface EndpointParts {
  readonly state: ProviderState;
  /** Signs for endpoints that are added here. */
  readonly webhookSecret: string;
}

/** Adds the routes. */
export function addEndpointRoutes(app: Hono, { state, webhookSecret }: EndpointParts): void {
  app.get(PATH, (context) => context.json({ data: state.documents.all('webhook_endpoint').reverse() }));
  app.post(PATH, async (context) => {
    const { url: to, protocol: whose } = await bodyOf(context, added);
    if (!isWebAddress(to))
      throw new InvalidBody([{ field: 'url', code: 'invalid', message: 'an http or https URL is wanted' }]);
    const { id, url, protocol, secret } = await state.run((work) =>
      addEndpoint(work, { url: to, ...(whose && { protocol: whose }) }, webhookSecret),
    );
    return context.json({ id, url, protocol, secret }, 201);
  });
  const one = `${PATH}/:id`;
  app.post(one, async (context) => {
    const change = await bodyOf(context, changed);
    return changeOne(context, state, (endpoint) => ({ ...endpoint, ...change }));
  });
  app.delete(one, (context) => changeOne(context, state, () => undefined));
}

/** Puts what the change makes of an endpoint in its place; undefined removes it. Deliveries to it stay listed. */
async function changeOne(
  context: Context,
  state: ProviderState,
  change: (endpoint: EndpointDocument) => EndpointDocument | undefined,
): Promise<Response> {
  const id = context.req.param('id') ?? '';
  const found = await state.run(({ documents }) => {
    const before = documents.get('webhook_endpoint', id);
    if (!before) return undefined;
    const after = change(before);
    if (after) documents.put('webhook_endpoint', id, after);
    else documents.remove('webhook_endpoint', id);
    return after ?? { id, deleted: true };
  });
  return found ? context.json(found) : context.json(problem('NOT_FOUND', `There is no webhook endpoint '${id}'.`), 404);
}
