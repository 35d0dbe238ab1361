// What the demo's server answers: the built page, the customers' lists, and the two providers' own paths.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

import {
  buy,
  catalogues,
  customers,
  findCustomer,
  PAGE,
  paygenticPage,
  planOf,
  reset,
  stripePage,
} from './provider.mjs';
import { snapshotOf } from './lists.mjs';

/** The strictest policy under which a page that uses plangate runs: no inline script or style, no eval. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

class HttpError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param {string | null} id */
function customerOr404(id) {
  const customer = findCustomer(id);
  if (!customer) throw new HttpError(404, 'No such customer');
  return customer;
}

/** A whole number of the query, as the providers read it. @param {URLSearchParams} query @param {string} name @param {number} fallback */
function whole(query, name, fallback, least = 1, most = 100) {
  const number = query.has(name) ? Number(query.get(name)) : fallback;
  if (!Number.isInteger(number) || number < least || number > most)
    throw new HttpError(400, `${name} must be ${least} to ${most}`);
  return number;
}

const listed = () =>
  customers.map((customer) => ({
    id: customer.id,
    name: customer.name,
    billing: customer.billing,
    plan: planOf(customer),
  }));

/** @type {Record<string, (query: URLSearchParams) => unknown>} */
const ROUTES = {
  'GET /customers': listed,
  'GET /entitlements': (query) => snapshotOf(customerOr404(query.get('customer'))),
  'GET /v1/entitlements/active_entitlements': (query) =>
    stripePage(customerOr404(query.get('customer')), {
      limit: whole(query, 'limit', PAGE),
      startingAfter: query.get('starting_after') ?? '',
    }),
  'GET /v1/entitlements': (query) =>
    paygenticPage(customerOr404(query.get('customerId')), {
      limit: whole(query, 'limit', PAGE),
      offset: whole(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER),
    }),
  'POST /checkout': (query) => {
    const product = query.get('product') ?? '';
    if (!buy(customerOr404(query.get('customer')), product)) throw new HttpError(404, 'No such product');
    return { bought: product };
  },
  'POST /reset': () => {
    reset();
    return { reset: Object.keys(catalogues) };
  },
};

/** @param {string} root @param {string} path */
async function readPage(root, path) {
  const file = normalize(path === '/' ? '/index.html' : path);
  const type = TYPES[extname(file)];
  if (!type) throw new HttpError(404, 'Not found');
  try {
    return { type, body: await readFile(join(root, file)) };
  } catch {
    throw new HttpError(404, 'Not found');
  }
}

/** @param {string} root @param {import('node:http').IncomingMessage} request */
async function answer(root, request) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const route = ROUTES[`${request.method} ${pathname}`];
  if (route) {
    const body = await route(searchParams);
    return { type: 'application/json', body: typeof body === 'string' ? body : JSON.stringify(body) };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new HttpError(405, 'Method not allowed');
  return readPage(root, decodeURIComponent(pathname));
}

/**
 * The request handler. @param {string} root folder of the built page
 * @returns {import('node:http').RequestListener}
 */
export function handler(root) {
  return async (request, response) => {
    const headers = {
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    try {
      const { type, body } = await answer(root, request);
      response.writeHead(200, { ...headers, 'content-type': type }).end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      if (status === 500) console.error(error);
      const message = error instanceof HttpError ? error.message : 'Something went wrong';
      response
        .writeHead(status, { ...headers, 'content-type': 'application/json' })
        .end(JSON.stringify({ error: message }));
    }
  };
}
