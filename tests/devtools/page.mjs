// A page that uses the panel, bundled from source as an application's bundler would, served under the strict policy.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";

const DAY = 86_400_000;

/** A list with one of everything that the panel shows. */
export function snapshot(now = Date.now()) {
  const asOf = Math.floor(now) - 60_000;
  const row = (featureKey, more = {}) => ({ id: `ent_${featureKey}`, featureKey, ...more });
  return {
    plangate: 1,
    customer: 'cus_kestrel',
    source: 'paygentic',
    asOf,
    entitlements: [
      row('sso-access'),
      row('storage-quota', { type: 'static', config: { limitGB: 500, region: 'eu' } }),
      row('api-calls', { type: 'metered', usage: { balance: 1800, usageInPeriod: 8200 } }),
      row('forecasts', { activeTo: asOf + 14 * DAY }),
      row('audit-log', { activeFrom: asOf + 30 * DAY }),
      row('white-label', { status: 'canceled' }),
    ],
    catalogue: {
      features: [{ key: 'sso-access' }, { key: 'advanced-reporting' }],
      products: [
        {
          id: 'prod_pro',
          name: 'Pro',
          prices: [{ id: 'price_pro', unitAmount: 4900, currency: 'eur', interval: 'month' }],
          features: [{ key: 'advanced-reporting' }],
        },
      ],
    },
  };
}

/** The application: shows what it was answered, again whenever it hears of a change. */
const APP = `
import { createPlangate } from './js/engine/entries/browser.ts';
import { devtools, showDevtools } from './js/devtools/index.ts';

const query = new URLSearchParams(location.search);
const tools = devtools(query.has('allow') ? { allow: query.get('allow') === 'yes' } : {});
const gate = tools.connect(await createPlangate({ url: '/entitlements', ...tools.options }));
const show = () => {
  document.querySelector('#sso').textContent = gate.hasFeature('sso-access') ? 'open' : 'closed';
  document.querySelector('#reports').textContent = gate.hasFeature('advanced-reporting') ? 'open' : 'closed';
  document.querySelector('#trial').textContent = gate.hasFeature('forecasts') ? 'open' : 'closed';
  document.querySelector('#quota').textContent = String(gate.value('storage-quota', 'limitGB', 0));
  document.querySelector('#calls').textContent = gate.limit('api-calls', { requested: 1000 }).allowed ? 'open' : 'closed';
};
show();
gate.on('change', show);
showDevtools(tools, { open: query.has('open') });
globalThis.app = { gate, tools };
`;

const CSS = `
:root { color-scheme: light dark; font: 400 16px/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 40px; background: light-dark(#eef2ef, #0a1512); color: light-dark(#14231f, #e8f1ec); }
dl { display: grid; grid-template-columns: max-content max-content; gap: 6px 24px; } dd { margin: 0; font-weight: 600; }
`;

const HTML = (script) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An application</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/app.css"><script type="module" src="/${script}"></script></head>
<body><main><h1>Kestrel Robotics</h1><dl><dt>Single sign-on</dt><dd id="sso"></dd><dt>Reports</dt><dd id="reports"></dd>
<dt>Forecasts (trial)</dt><dd id="trial"></dd><dt>Storage, GB</dt><dd id="quota"></dd><dt>1,000 more calls</dt><dd id="calls"></dd></dl>
</main></body></html>`.replace('<link rel="icon" href="data:,">', '<link rel="icon" href="/icon.svg">');

/** Bundles the application for a kind of build; without one, `process.env.NODE_ENV` stays as it is. */
async function bundle(kind) {
  const { outputFiles } = await build({
    stdin: { contents: APP, resolveDir: path('.'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    ...(kind && { define: { 'process.env.NODE_ENV': JSON.stringify(kind) } }),
    write: false,
  });
  return outputFiles[0].contents;
}

/** Serves `/development`, `/production` and `/unknown` (no bundler said which). Answers the address and what stops it. */
export async function startPage() {
  const files = {
    '/app.css': ['text/css', CSS],
    '/icon.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    '/plangate.wasm': ['application/wasm', readFileSync(path('js/engine/generated/plangate.wasm'))],
    '/development.js': ['text/javascript', await bundle('development')],
    '/production.js': ['text/javascript', await bundle('production')],
    '/unknown.js': ['text/javascript', await bundle()],
    '/development': ['text/html', HTML('development.js')],
    '/production': ['text/html', HTML('production.js')],
    '/unknown': ['text/html', HTML('unknown.js')],
  };
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const [type, body] =
      pathname === '/entitlements' ? ['application/json', JSON.stringify(snapshot())] : (files[pathname] ?? []);
    if (!type) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
