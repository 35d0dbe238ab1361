// Stripe's API over HTTP: keys, versions, forms, idempotency and errors, around the routes of its resources.

import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';

import { PlangateError } from '../../engine/errors.js';
import { STRIPE_API_VERSION } from '../../server/upstreams/stripe.js';
import { tokenOf } from '../http/auth.js';
import { readText } from '../http/body.js';
import type { ProviderState } from '../state/state.js';
import type { Origin, Work } from '../state/work.js';
import { writeStripeEvent } from '../webhooks/stripe-events.js';
import { activeEntitlementRoutes } from './active-entitlements.js';
import { priceRoutes } from './prices.js';
import { productRoutes } from './products.js';
import { customerRoutes } from './customers.js';
import { StripeError } from './errors.js';
import { featureRoutes, productFeatureRoutes } from './features.js';
import { decodeForm } from './form.js';
import type { Form } from './form.js';
import { answered, fingerprintOf, keepAnswer, KeysInUse } from './idempotency.js';
import type { Call, Route } from './route.js';
import { subscriptionItemRoutes } from './subscription-items.js';
import { subscriptionRoutes } from './subscriptions.js';
import { testClockRoutes } from './test-clocks.js';
import { eventRoutes, webhookEndpointRoutes } from './webhook-endpoints.js';

const ROUTES: readonly Route[] = [
  ...featureRoutes,
  ...activeEntitlementRoutes,
  ...productFeatureRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...customerRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...webhookEndpointRoutes,
  ...eventRoutes,
  ...testClockRoutes,
];

/** What came of a request. */
interface Answer {
  readonly status: number;
  readonly body: string;
  /** The request that was answered first, when this is its answer again. */
  readonly original?: string;
}

/** One request on its way through. */
interface Exchange {
  readonly request: Request;
  readonly requestId: string;
  readonly version: string;
  readonly part: (name: string) => string;
}

/** Stripe's API. `state` does the work; `apiKey` is the one key that it takes. */
export function stripeApp(state: ProviderState, apiKey: string): Hono {
  const app = new Hono();
  const keys = new KeysInUse();
  const answerUnknown = (context: Context): Promise<Response> => {
    const unknown = (): never => {
      const { method, path } = context.req;
      const message = `Unrecognized request URL (${method}: ${path}). This provider has what entitlements need; see docs/local-provider.md.`;
      throw new StripeError(message, { status: 404 });
    };
    return answerTo(context.req.raw, unknown, apiKey, () => '');
  };
  // Before the routes: it is no id.
  app.get('/v1/:resource/search', answerUnknown);
  for (const route of ROUTES) {
    app.on(route.method, route.path, (context) =>
      answerTo(
        context.req.raw,
        (exchange) => perform(state, keys, route, exchange),
        apiKey,
        (name) => context.req.param(name) ?? '',
      ),
    );
  }
  app.all('/v1/*', answerUnknown);
  return app;
}

async function answerTo(
  request: Request,
  perform: (exchange: Exchange) => Promise<Answer> | Answer,
  apiKey: string,
  part: (name: string) => string,
): Promise<Response> {
  const requestId = `req_${randomBytes(9).toString('base64url').replaceAll(/[-_]/g, '0')}`;
  const asked = request.headers.get('stripe-version');
  const headers = new Headers({
    'content-type': 'application/json',
    'request-id': requestId,
    'cache-control': 'no-cache, no-store',
  });
  const key = request.headers.get('idempotency-key');
  if (key !== null && request.method === 'POST') headers.set('idempotency-key', key);
  try {
    authorize(request, apiKey);
    const version = checkedVersion(asked ?? STRIPE_API_VERSION);
    headers.set('stripe-version', version);
    const { status, body, original } = await perform({ request, requestId, version, part });
    if (original !== undefined) {
      headers.set('idempotent-replayed', 'true');
      headers.set('original-request', original);
    }
    return new Response(body, { status, headers });
  } catch (thrown) {
    const error = asStripeError(thrown);
    if (error.status === 409) headers.set('stripe-should-retry', 'true');
    return new Response(JSON.stringify(error.body(), null, 2), { status: error.status, headers });
  }
}

/** What is not the caller's fault is told without its inside. */
function asStripeError(thrown: unknown): StripeError {
  if (thrown instanceof StripeError) return thrown;
  const what = thrown instanceof PlangateError || thrown instanceof Error ? thrown.name : 'unknown';
  return new StripeError(`The provider could not do this (${what}). Nothing was changed; try again.`, {
    status: 500,
    type: 'api_error',
  });
}

function authorize(request: Request, apiKey: string): void {
  const token = tokenOf(request);
  if (token === undefined) {
    const message =
      "No API key was given. Send 'Authorization: Bearer <key>' with the test key that the provider printed.";
    throw new StripeError(message, { status: 401 });
  }
  if (token !== apiKey) {
    const shown = token.length > 12 ? `${token.slice(0, 8)}…${token.slice(-4)}` : '…';
    throw new StripeError(`Invalid API Key provided: ${shown}. Use the test key that the provider printed.`, {
      status: 401,
    });
  }
}

function checkedVersion(version: string): string {
  if (/^\d{4}-\d{2}-\d{2}(?:\.[a-z]+)?$/.test(version)) return version;
  throw new StripeError(`Invalid Stripe API version: ${version}`);
}

async function perform(state: ProviderState, keys: KeysInUse, route: Route, exchange: Exchange): Promise<Answer> {
  const { request, requestId } = exchange;
  const key = request.method === 'POST' ? request.headers.get('idempotency-key') : null;
  const release = key === null ? undefined : keys.take(key);
  try {
    const { form, body } = await readForm(request);
    const fingerprint = fingerprintOf(request.method, new URL(request.url).pathname, body);
    const origin: Origin = { requestId, idempotencyKey: key };
    const before = key === null ? undefined : answered(state, key, fingerprint);
    if (before) return { status: before.status, body: before.body, original: before.requestId };
    const prepared = route.prepare(form);
    const keep = (work: Pick<Work, 'documents'>, answer: Answer): void => {
      if (key !== null) keepAnswer(work, { key, fingerprint, status: answer.status, body: answer.body, requestId });
    };
    try {
      return await state.run((work) => {
        const answer = { status: 200, body: text(prepared.run(callOf(work, exchange))) };
        keep(work, answer);
        return answer;
      }, origin);
    } catch (thrown) {
      // What was refused while it was done has its answer kept too; what was wrongly asked has not begun.
      if (key !== null && thrown instanceof StripeError) {
        const refused = { status: thrown.status, body: text(thrown.body()) };
        await state.run((work) => keep(work, refused), origin);
      }
      throw thrown;
    }
  } finally {
    release?.();
  }
}

function text(body: object): string {
  return JSON.stringify(body, null, 2);
}

function callOf(work: Work, { version, part }: Exchange): Call {
  const { ledger, documents, now } = work;
  const emit: Call['emit'] = (type, object, options) => writeStripeEvent(work, type, object, options);
  return { work, ledger, documents, now, version, part, emit };
}

/** Query and body together; `body` is what an idempotency key stands for. */
async function readForm(request: Request): Promise<{ form: Form; body: string }> {
  const query = new URL(request.url).search.slice(1);
  const body =
    request.method === 'POST'
      ? await readText(request, () => new StripeError('The body is too large.', { status: 413 }))
      : '';
  const type = request.headers.get('content-type') ?? '';
  if (body !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
    throw new StripeError('The body must be application/x-www-form-urlencoded, as Stripe’s is.');
  }
  return { form: decodeForm([query, body].filter((part) => part !== '').join('&')), body: `${query}\n${body}` };
}
