// A billing system on loopback that serves recorded shapes and misbehaves as it is told: one behaviour per way in which
// real ones, or the proxies before them, have been seen to fail. Used by the upstreams' tests and by stripe-node beside them.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';

/** Recorded rows; where from is in the file. */
export const recorded = JSON.parse(readFileSync(new URL('../server/fixtures/recorded.json', import.meta.url), 'utf8'));

/** `count` active entitlements in Stripe's recorded shape, ids and keys made distinct. */
export function stripeRows(count, { livemode = false, prefix = 'feature' } = {}) {
  return Array.from({ length: count }, (_, i) => {
    const name = `${prefix}-${String(i).padStart(4, '0')}`;
    return {
      ...recorded.stripe.active_entitlement,
      id: `ent_${name}`,
      feature: `feat_${name}`,
      lookup_key: name,
      livemode,
    };
  });
}

/** `count` entitlements in the recorded shape of one of Paygentic's generations (`second` or `third`). */
export function paygenticRows(count, { generation = 'second', customer = 'cus_1', prefix = 'feature' } = {}) {
  const shapes = Object.values(recorded.paygentic[generation]);
  return Array.from({ length: count }, (_, i) => {
    const name = `${prefix}${String(i).padStart(4, '0')}`;
    const row = { ...shapes[i % shapes.length], entitlementId: `ent_${name}`, featureKey: name };
    return 'customerId' in row ? { ...row, customerId: customer, featureId: `feat_${name}` } : row;
  });
}

/** Stripe's answer to a list request: `starting_after`, `limit` (10 by default), `has_more`. */
export function stripeList(rows, url, { most = 100 } = {}) {
  const after = url.searchParams.get('starting_after');
  const from = after === null ? 0 : rows.findIndex((row) => row.id === after) + 1;
  const to = from + Math.min(most, Number(url.searchParams.get('limit') ?? 10));
  return { object: 'list', url: url.pathname, data: rows.slice(from, to), has_more: to < rows.length };
}

/** Paygentic's: `offset`, `limit`, and `pagination` unless it is the first generation. */
export function paygenticList(rows, url, { most = 100, pagination = true } = {}) {
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Math.min(most, Number(url.searchParams.get('limit') ?? 10));
  const page = { object: 'list', data: rows.slice(offset, offset + limit) };
  return pagination ? { ...page, pagination: { limit, offset, total: rows.length } } : page;
}

/** Answers with JSON. */
export function send(response, value, status = 200, headers = {}) {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'request-id': `req_${++serial}`,
    ...headers,
  });
  response.end(body);
}

let serial = 0;

/** Waits for the test to end: the socket is destroyed when the upstream is closed. */
const never = () => new Promise(() => {});

const stripeError = (type, message) => ({ error: { type, message } });

/**
 * The ways to misbehave. Each makes a function of one request: `honest()` sends the right answer, `page()` is its JSON.
 */
export const behaviours = {
  honest: () => (call) => call.honest(),

  /** Ignores the asked limit. */
  pagesOf: (most) => (call) => call.honest({ most }),

  /** The answer to a cursor is the first page again, for ever. */
  repeatsCursor: () => (call) => {
    call.url.searchParams.delete('starting_after');
    send(call.response, { ...call.page(), has_more: true });
  },

  /** After the last row, an empty page that claims more. */
  claimsMore: () => (call) => send(call.response, { ...call.page(), has_more: true }),

  /** Accepts the request and never answers. */
  stalls: () => never,

  /** Sends half of the body and then nothing. */
  stallsMidBody: () => async (call) => {
    const body = JSON.stringify(call.page());
    call.response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    call.response.write(body.slice(0, body.length / 2));
    await never();
  },

  /** Cuts the connection in the middle of a body whose length was promised. */
  cutsMidBody: () => (call) => {
    const body = JSON.stringify(call.page());
    call.response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    call.response.write(body.slice(0, body.length / 2), () => call.response.destroy());
  },

  /** Ends the body early without saying so: HTTP cannot tell, only the JSON can. */
  cutsQuietly: () => (call) => {
    const body = JSON.stringify(call.page());
    send(call.response, body.slice(0, body.length / 2));
  },

  /** Closes the connection instead of answering. */
  hangsUp: () => (call) => void call.request.socket.destroy(),

  /** An error status, with Stripe's error object unless another body is given. */
  status:
    (status, headers = {}, body = stripeError('api_error', `status ${status}`)) =>
    (call) =>
      send(call.response, body, status, headers),

  /** A proxy's page instead of JSON. */
  html:
    (status = 200) =>
    (call) =>
      send(call.response, '<!doctype html><title>Just a moment...</title>', status, { 'content-type': 'text/html' }),

  /** The right answer, compressed. */
  gzip: () => (call) => {
    const body = gzipSync(JSON.stringify(call.page()));
    call.response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    call.response.end(body);
  },

  /** Small on the wire, `bytes` when unpacked. */
  gzipBomb: (bytes) => (call) => {
    call.response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    const gzip = createGzip({ level: 9 });
    gzip.on('error', () => {});
    gzip.pipe(call.response);
    const block = Buffer.alloc(1024 * 1024, ' ');
    let left = bytes;
    const pour = () => {
      for (; left > 0; left -= block.length) if (!gzip.write(block)) return void gzip.once('drain', pour);
      gzip.end();
    };
    pour();
  },

  /** Somewhere else, the key along with it if the client follows. */
  redirects:
    (to, status = 302) =>
    (call) => {
      call.response.writeHead(status, { location: to });
      call.response.end();
    },

  /** First these, one per request, then `after` for the rest. */
  inTurn: (first, after = behaviours.honest()) => {
    const left = [...first];
    return (call) => (left.shift() ?? after)(call);
  },
};

/**
 * Starts an upstream on a free loopback port. `list(url)` gives the honest JSON of a request (undefined: 404);
 * `behave` may be exchanged while it runs.
 *
 * @param {{ list: (url: URL, options?: object) => object | undefined, behave?: (call: object) => unknown }} options
 */
export async function misbehavingUpstream({ list, behave = behaviours.honest() }) {
  const sockets = new Set();
  const upstream = { requests: [], connections: 0, behave, url: '', host: '127.0.0.1', port: 0, close };
  const server = createServer((request, response) => {
    response.on('error', () => {});
    const url = new URL(request.url, 'http://upstream');
    upstream.requests.push({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
    });
    const page = (options) => list(url, options);
    const honest = (options) => {
      const body = page(options);
      if (body) send(response, body);
      else send(response, stripeError('invalid_request_error', `Unrecognized request URL (${url.pathname})`), 404);
    };
    Promise.resolve(upstream.behave({ request, response, url, page, honest })).catch((error) => {
      send(response, { error: { message: error.message } }, 599);
    });
  });
  server.on('connection', (socket) => {
    upstream.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  upstream.port = server.address().port;
  upstream.url = `http://127.0.0.1:${upstream.port}`;
  return upstream;

  async function close() {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The `list` of a Stripe account: customers' rows, and the lists of the catalogue. */
export function stripeAccount({ customers = {}, features = [], products = [], prices = [], attachments = {} }) {
  return (url, options) => {
    const path = url.pathname;
    if (path === '/v1/entitlements/active_entitlements') {
      const rows = customers[url.searchParams.get('customer')];
      return rows && stripeList(rows, url, options);
    }
    const attached = /^\/v1\/products\/([^/]+)\/features$/.exec(path);
    if (attached) return stripeList(attachments[decodeURIComponent(attached[1])] ?? [], url, options);
    const rows = { '/v1/entitlements/features': features, '/v1/products': products, '/v1/prices': prices }[path];
    return rows && stripeList(rows, url, options);
  };
}
