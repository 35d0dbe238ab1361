// The provider's own API under /_plangate: time, seeds, deliveries, and a live stream of everything that changes.

import { Hono } from 'hono';

import type { BillingCommand } from '../../engine/billing.js';
import { PlangateError } from '../../engine/errors.js';
import { ProviderError } from '../errors.js';
import { readText } from '../http/body.js';
import { anyOf, jsonObject, moment, number, object, optional, string, word } from '../http/shape.js';
import type { Kind } from '../http/shape.js';
import type { IdPrefix } from '../ids.js';
import { BillingError, isNotFound } from '../ledger.js';
import { exportSeed, exportYaml } from '../seed/export.js';
import type { ProviderState } from '../state/state.js';
import type { Outbox } from '../webhooks/outbox.js';
import { moveClock } from './clock.js';
import { addDeliveryRoutes } from './deliveries.js';
import { addEndpointRoutes } from './endpoints.js';
import { isOwnPage } from './origin.js';
import { bodyOf, InvalidBody, limitOf, problem, tooLarge } from './request.js';
import { liveStream } from './stream.js';

/** What the control API is given. */
export interface ControlParts {
  readonly state: ProviderState;
  readonly outbox: Outbox;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Replaces everything by a seed; without one, by nothing. */
  reset(seed: string | object | undefined): Promise<void>;
}

const BASE = '/_plangate';

/** Ids by the first word of the command that makes the object. */
const PREFIXES: Readonly<Record<string, IdPrefix>> = {
  feature: 'feat',
  product: 'prod',
  plan: 'plan',
  price: 'price',
  attachment: 'prodft',
  customer: 'cus',
  subscription: 'sub',
  clock: 'clock',
  usage: 'usage',
};

/** The control API. Takes requests from the provider's own pages and from programs, not from other sites. */
export function controlApp(parts: ControlParts): Hono {
  const { state } = parts;
  const app = new Hono().basePath(BASE);
  app.use('*', async (context, next) => {
    if (!isOwnPage(context.req.raw, parts.apiKey))
      return context.json(problem('FORBIDDEN', 'Only this provider’s own pages and programs may ask.'), 403);
    return next();
  });
  app.onError((thrown, context) => {
    const { status, code, message, param } = explained(thrown);
    return context.json(problem(code, message, param), status);
  });
  app.get('/info', (context) => state.run(() => context.json(infoOf(parts))));
  app.get('/clock', (context) => context.json(clockJson(state)));
  app.post('/clock', async (context) => {
    const other = await moveClock(state, await bodyOf(context, clockShape));
    const testClock = other && { id: other.id, now: new Date(other.time).toISOString() };
    return context.json({ ...clockJson(state), ...(testClock && { testClock }) });
  });
  addSeedRoutes(app, parts);
  addLedgerRoutes(app, parts);
  addEndpointRoutes(app, parts);
  addDeliveryRoutes(app, parts);
  addEventRoutes(app, parts);
  app.get('/stream', (context) => liveStream(state, context.req.raw));
  app.all('*', (context) =>
    context.json(problem('NOT_FOUND', `There is no ${context.req.method} ${context.req.path}.`), 404),
  );
  return app;
}

const clockShape = object({
  /** What to do; `advance` takes `to` or `by`, `freeze` takes `to` or nothing. */
  do: word('freeze', 'advance', 'resume', 'period_end'),
  to: optional(moment),
  /** ms, or a duration such as P1M, P7D, PT1H. */
  by: optional(anyOf(number, string)),
  subscription: optional(string),
});

export type ClockRequest = typeof clockShape extends Kind<infer T> ? T : never;

function infoOf({ state, apiKey, webhookSecret }: ControlParts): object {
  return { apiKey, webhookSecret, ...clockJson(state), counts: state.ledger.query({ query: 'counts' }) };
}

function clockJson({ clock }: ProviderState): object {
  const { now, frozen } = clock.state;
  return { now: new Date(now).toISOString(), frozen };
}

function addSeedRoutes(app: Hono, { state, reset }: ControlParts): void {
  app.get('/export', async (context) => {
    const json = context.req.query('format') === 'json';
    return state.run((work) =>
      json
        ? context.json(exportSeed(work))
        : context.body(exportYaml(work), 200, { 'content-type': 'application/yaml; charset=utf-8' }),
    );
  });
  // Without a body: back to nothing. With one: back to that seed.
  app.post('/reset', async (context) => {
    const text = await readText(context.req.raw, tooLarge);
    await reset(text.trim() === '' ? undefined : text);
    return context.json(clockJson(state));
  });
}

function addLedgerRoutes(app: Hono, { state }: ControlParts): void {
  // Any question and command of bindings/BILLING.md: what the dashboard needs beyond the two systems' APIs.
  app.post('/query', async (context) => {
    const query = await bodyOf(context, jsonObject);
    return state.run(({ ledger }) => context.json((ledger.query(query as { query: string }) ?? null) as object));
  });
  app.post('/command', async (context) => {
    const given = await bodyOf(context, jsonObject);
    const prefix = PREFIXES[String(given['do']).split('.')[0] ?? ''];
    const result = await state.run((work) => {
      const needsId =
        given['id'] === undefined && prefix !== undefined && /\.(create|record)$/.test(String(given['do']));
      return work.do({ ...(needsId && { id: work.ids.make(prefix) }), ...given } as unknown as BillingCommand);
    });
    return context.json((result ?? null) as object);
  });
  const usage = object({ customer: string, feature: string, product: optional(string), quantity: number });
  app.post('/usage', async (context) => {
    const { feature, ...given } = await bodyOf(context, usage);
    const result = await state.run((work) => {
      const record = {
        do: 'usage.record',
        id: work.ids.make('usage'),
        featureKey: feature,
        ...given,
      } as BillingCommand;
      return work.do(record);
    });
    return context.json((result ?? null) as object, 201);
  });
}

function addEventRoutes(app: Hono, { state }: ControlParts): void {
  app.get('/events', (context) => {
    const { customer, protocol } = context.req.query();
    const rows = state.documents
      .all('event')
      .filter(
        (row) =>
          (customer === undefined || row.customer === customer) &&
          (protocol === undefined || row.protocol === protocol),
      );
    return context.json({ data: rows.reverse().slice(0, limitOf(context)) });
  });
}

interface Explained {
  readonly status: 400 | 404 | 500;
  readonly code: string;
  readonly message: string;
  /** The member at fault, as the body names it; '' when it is none in particular. */
  readonly param?: string;
}

function explained(thrown: unknown): Explained {
  if (thrown instanceof BillingError) {
    const { code, message, param } = thrown;
    return { status: isNotFound(thrown) ? 404 : 400, code, message, param };
  }
  if (thrown instanceof InvalidBody) {
    const { code, message, param } = thrown;
    return { status: 400, code, message, param };
  }
  if (thrown instanceof ProviderError) {
    const ours = thrown.code === 'INVALID_OPTION' || thrown.code === 'INVALID_SEED';
    return { status: ours ? 400 : 500, code: thrown.code, message: thrown.message };
  }
  const code = thrown instanceof PlangateError ? thrown.code : 'FAILED';
  return { status: 500, code, message: 'The provider could not do this. Nothing was changed; try again.' };
}
