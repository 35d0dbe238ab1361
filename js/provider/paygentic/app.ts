// Paygentic's API over HTTP: its key, its versions, JSON bodies and errors, around the routes of its resources.

import { Hono } from 'hono';

import { tokenOf } from '../http/auth.js';
import { readText } from '../http/body.js';
import { PAYGENTIC_VERSIONS } from '../options.js';
import type { PaygenticVersion } from '../options.js';
import type { ProviderState } from '../state/state.js';
import { customerRoutes, subscriptionRoutes, usageRoutes } from './customers.js';
import { entitlementRoutes } from './entitlements.js';
import { asPaygenticError, badRequest, PaygenticError } from './errors.js';
import { planRoutes, priceRoutes, recordRoutes } from './prices.js';
import { featureRoutes, productRoutes } from './products.js';
import type { Route } from './route.js';

const ROUTES: readonly Route[] = [
  ...entitlementRoutes,
  ...productRoutes,
  ...featureRoutes,
  ...recordRoutes,
  ...priceRoutes,
  ...planRoutes,
  ...customerRoutes,
  ...subscriptionRoutes,
  ...usageRoutes,
];

/** Selects the published version of one request; without it, the provider's own. */
export const VERSION_HEADER = 'paygentic-version';

export interface PaygenticAppOptions {
  readonly apiKey: string;
  readonly version: PaygenticVersion;
  readonly merchantId: string;
}

/** Paygentic's API. */
export function paygenticApp(state: ProviderState, options: PaygenticAppOptions): Hono {
  const app = new Hono();
  for (const route of ROUTES) {
    app.on(route.method, route.path, ({ req }) =>
      answerTo(req.raw, options, (version) => {
        const part = (name: string): string => req.param(name) ?? '';
        return perform(state, route, req.raw, { version, part, merchantId: options.merchantId });
      }),
    );
  }
  app.all('/v0/*', ({ req }) =>
    answerTo(req.raw, options, () => {
      throw new PaygenticError(
        404,
        'not_found',
        `There is no ${req.method} ${req.path} here; see docs/local-provider.md.`,
      );
    }),
  );
  return app;
}

interface Exchange {
  readonly version: PaygenticVersion;
  readonly merchantId: string;
  part(name: string): string;
}

async function answerTo(
  request: Request,
  { apiKey, version }: PaygenticAppOptions,
  run: (version: PaygenticVersion) => Promise<Response>,
): Promise<Response> {
  try {
    const token = tokenOf(request);
    if (token !== apiKey) {
      throw new PaygenticError(
        401,
        'unauthorized',
        token === undefined ? 'No API key was given.' : 'The API key is not this provider’s.',
      );
    }
    return await run(versionOf(request, version));
  } catch (thrown) {
    const error = asPaygenticError(thrown);
    return Response.json(error.body(), { status: error.status });
  }
}

function versionOf(request: Request, fallback: PaygenticVersion): PaygenticVersion {
  const asked = request.headers.get(VERSION_HEADER);
  if (asked === null) return fallback;
  const version = PAYGENTIC_VERSIONS.find((each) => each === asked);
  if (!version) throw badRequest(`${VERSION_HEADER} is one of ${PAYGENTIC_VERSIONS.join(', ')}.`);
  return version;
}

async function perform(state: ProviderState, route: Route, request: Request, exchange: Exchange): Promise<Response> {
  const prepared = route.prepare(
    route.method === 'GET' || route.method === 'DELETE' ? queryOf(request) : await bodyOf(request),
  );
  const answer = await state.run((work) => prepared.run({ work, ...exchange }));
  return answer === null ? new Response(null, { status: 204 }) : Response.json(answer, { status: route.status });
}

function queryOf(request: Request): object {
  return Object.fromEntries(new URL(request.url).searchParams);
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await readText(request, () => new PaygenticError(413, 'payload_too_large', 'The body is too large.'));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest('The body is not JSON.');
  }
}
