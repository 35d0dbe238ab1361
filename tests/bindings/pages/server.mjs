// Serves the pages: `/<framework>/<ms>` for a customer whose trial goes on for so many ms. Under the package's strict policy.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

import { createPlangateSync } from 'plangate';
import { pageState, stateTag } from 'plangate/ssr';

import { render } from './dist/server/render.js';

const CLIENT = join(import.meta.dirname, 'dist/client');
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

function stateFor(trialMs) {
  const products = [{ id: 'pro', name: 'Pro', features: [{ key: 'reports' }] }];
  const entitlements = [
    { id: 'e1', featureKey: 'trial', activeTo: Date.now() + trialMs },
    { id: 'e2', featureKey: 'storage', type: 'static', config: { limitGB: 5 } },
  ];
  const list = { plangate: 1, customer: 'cus_1', source: 'test', asOf: Date.now(), entitlements };
  const gate = createPlangateSync({ bootstrap: { ...list, catalogue: { features: [], products } } });
  const state = pageState(gate);
  gate.dispose();
  return state;
}

async function answer(path) {
  if (path.startsWith('/assets/')) return { body: readFileSync(join(CLIENT, path)), type: TYPES[extname(path)] };
  const [, name, ms] = /^\/(\w+)\/(\d+)$/.exec(path);
  const state = stateFor(Number(ms));
  const content = await render(name, state);
  const html = readFileSync(join(CLIENT, `${name}.html`), 'utf8');
  const body = html.replace('<!--page-->', () => content).replace('<!--state-->', () => stateTag(state));
  return { body, type: 'text/html; charset=utf-8' };
}

const server = createServer((request, response) => {
  answer(request.url).then(
    ({ body, type }) => response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body),
    (error) => response.writeHead(500).end(String(error?.stack)),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
