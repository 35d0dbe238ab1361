// Loads a server in another process: lists over HTTP with and without 304, then webhooks and the event streams they reach.
// This process is the browsers and Stripe.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer as createHttp, request as send } from 'node:http';
import { fileURLToPath } from 'node:url';

import { expectSame } from '../lib/measure.mjs';
import { options, packaged, report } from '../lib/work.mjs';

const { customers, entitlements, seconds, rate, webhookSeconds, streams } = options();
const { constructTestWebhook } = await packaged('server.js');
const SECRET = 'whsec_bench';
const LANES = 32;
const LATEST_MS = 20_000;

const agent = new Agent({ keepAlive: true, maxSockets: LANES });

/** One request; answers status, headers and body. */
function ask(port, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Requests a second, with so many under way, for the time given. */
async function throughput(one) {
  let done = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const lane = async () => {
    while (performance.now() < until) {
      await one(done);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return (done * 1000) / (performance.now() - began);
}

let state = 4321;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

/** The same lists from a bare node:http server in a process of its own: what the loopback and this client allow. */
const BARE = `
  const bodies = new Map();
  require('node:http').createServer((q, r) => {
    if (q.method === 'POST') {
      const parts = [];
      q.on('data', (part) => parts.push(part)).on('end', () => { bodies.set(q.headers['x-customer'], Buffer.concat(parts)); r.end(); });
    } else if (q.headers['if-none-match']) { r.statusCode = 304; r.end(); }
    else { r.setHeader('content-type', 'application/json'); r.end(bodies.get(q.headers['x-customer'])); }
  }).listen(0, '127.0.0.1', function () { process.send(this.address().port); });
  process.once('disconnect', () => process.exit());`;

async function gets(port) {
  const asked = Array.from({ length: 500 }, () => `cus_${random(customers)}`);
  const tags = new Map();
  const bare = fork('-e', [BARE], { execArgv: [] });
  const [barePort] = await once(bare, 'message');
  for (const customer of asked) {
    const { status, headers, body } = await ask(port, '/entitlements', { headers: { 'x-customer': customer } });
    expectSame(
      [status, JSON.parse(body).customer, JSON.parse(body).entitlements.length],
      [200, customer, entitlements],
      'GET',
    );
    tags.set(customer, headers.etag);
    await ask(barePort, '/', { method: 'POST', headers: { 'x-customer': customer }, body });
  }
  const one = (to, path, known) => async (i) => {
    const customer = asked[(i * 31) % asked.length];
    const headers = { 'x-customer': customer, ...(known && { 'if-none-match': tags.get(customer) }) };
    const { status, body } = await ask(to, path, { headers });
    if (status !== (known ? 304 : 200) || (known ? body.length > 0 : !body.includes(`"${customer}"`)))
      throw new Error(`GET of ${customer}: ${status} ${body.subarray(0, 200)}`);
  };
  const result = { ok: [], notModified: [], bareOk: [], bareNotModified: [] };
  for (let round = 0; round < 3; round++) {
    result.bareOk.push(await throughput(one(barePort, '/', false)));
    result.ok.push(await throughput(one(port, '/entitlements', false)));
    result.bareNotModified.push(await throughput(one(barePort, '/', true)));
    result.notModified.push(await throughput(one(port, '/entitlements', true)));
  }
  bare.disconnect();
  return result;
}

/** Stripe's lists: each customer has one feature, named by its latest change. */
const latest = new Map();
const stripe = createHttp((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const customer = searchParams.get('customer');
  const row = (key) => ({
    id: `ent_${customer}_${key}`,
    object: 'entitlements.active_entitlement',
    feature: `feat_${key}`,
    livemode: false,
    lookup_key: key,
  });
  const data = customer === null ? [] : [row(latest.get(customer) ?? 'v0')];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ object: 'list', data, has_more: false, url: pathname }));
}).listen(0, '127.0.0.1');
await once(stripe, 'listening');

/** Opens a customer's stream; calls back with each feature key that comes. */
function openStream(port, customer, onKey) {
  return new Promise((resolve, reject) => {
    const headers = { 'x-customer': customer };
    const request = send(
      { host: '127.0.0.1', port, path: '/entitlements/stream', headers, agent: false },
      (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          const blocks = (rest + part).split('\n\n');
          rest = blocks.pop();
          for (const block of blocks) {
            const key = /"featureKey":"(v\d+)"/.exec(block)?.[1];
            if (key) onKey(key);
            if (key) resolve(request);
          }
        });
      },
    );
    request.on('error', reject);
    request.end();
  });
}

/** Sends webhooks at a steady rate; answers the milliseconds from each to the event that shows its change. */
async function webhooks(port) {
  // By customer, what was changed and when: oldest first. Changes within one refetch are one event, which shows all of them.
  const sent = Array.from({ length: streams }, () => []);
  const took = [];
  const open = [];
  for (let i = 0; i < streams; i++) {
    const customer = `cus_live_${i}`;
    const seen = (key) => {
      const shown = Number(key.slice(1));
      while (sent[i].length > 0 && sent[i][0].change <= shown) took.push(performance.now() - sent[i].shift().at);
    };
    open.push(await openStream(port, customer, seen));
  }
  const count = rate * webhookSeconds;
  const deliveries = [];
  for (let n = 0; n < count; n++) {
    const customer = `cus_live_${n % streams}`;
    deliveries.push(await constructTestWebhook({ provider: 'stripe', secret: SECRET, customer, eventId: `evt_${n}` }));
  }
  const bodies = await Promise.all(deliveries.map(async (d) => Buffer.from(await d.arrayBuffer())));
  const answers = [];
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    const due = began + (n * 1000) / rate;
    while (performance.now() < due)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const [customer, key] = [`cus_live_${n % streams}`, `v${n + 1}`];
    latest.set(customer, key);
    sent[n % streams].push({ change: n + 1, at: performance.now() });
    const headers = { ...Object.fromEntries(deliveries[n].headers), 'content-length': bodies[n].length };
    answers.push(ask(port, '/webhooks/stripe', { method: 'POST', headers, body: bodies[n] }));
  }
  const seconds = (performance.now() - began) / 1000;
  for (const { status } of await Promise.all(answers)) expectSame(status, 200, 'webhook');
  const deadline = performance.now() + LATEST_MS;
  const waiting = () => sent.flat().length;
  while (waiting() > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expectSame(waiting(), 0, `changes that no stream showed within ${LATEST_MS} ms`);
  for (const request of open) request.destroy();
  return { took: took.sort((a, b) => a - b), rate: count / seconds };
}

const host = fork(fileURLToPath(new URL('serve-host.mjs', import.meta.url)), { execArgv: ['--expose-gc'] });
const upstream = `http://127.0.0.1:${stripe.address().port}`;
host.send({ upstream, customers, entitlements, secret: SECRET });
const [{ port, before, after, error }] = await once(host, 'message');
if (error) throw new Error(error);
const result = { before, after, gets: await gets(port), webhooks: await webhooks(port) };
host.disconnect();
stripe.close();
stripe.closeAllConnections();
agent.destroy();
report(result);
