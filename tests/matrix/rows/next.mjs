// examples/next-app: Next.js with the App Router. A server component, client components that hydrate, the routes, a gate. And a
// route in Next's edge runtime.
import assert from 'node:assert/strict';

import { eventually, freePort, ServerProcess } from '../../support/servers.mjs';
import { shown } from '../lib/chromium.mjs';
import { EXPECTED } from '../lib/project.mjs';

const ENDED = 'There is no trial. Reports are locked. Pro has them. Storage is not part of your plan.';

/** Customer -> all that the page shows, one after the other. */
const PAGES = {
  pro: ['Reports Revenue: 1,204 There is no trial. Reports are yours. 496 of 500 GB left'],
  free: ['Reports There is no trial. Reports are locked. Pro has them. 1 of 5 GB left'],
  'trial-4000': [`Reports ${ENDED.replace('There is no trial', 'Your trial is running')}`, `Reports ${ENDED}`],
};

const as = (customer) => (customer ? { headers: { cookie: `customer=${customer}` } } : {});

/** Nothing flickers: from the first paint on the page shows this and nothing else, and React has nothing to say. */
async function checkPages(url) {
  for (const [customer, texts] of Object.entries(PAGES)) {
    const seen = await shown(url, { cookies: { customer }, fetches: /\/entitlements$/, changes: texts.length - 1 });
    assert.deepEqual(seen, texts, customer);
  }
  const html = await (await fetch(url, as('pro'))).text();
  assert.match(html, /Reports are yours\./, 'the server has rendered it');
}

async function checkRoutes(url) {
  const ask = (file, customer) => fetch(new URL(file, url), as(customer));
  assert.deepEqual(await (await ask('/api/reports', 'pro')).json(), { revenue: 1204 });
  const refused = await ask('/api/reports', 'free');
  assert.deepEqual([refused.status, (await refused.json()).reason], [402, 'NOT_ENTITLED']);
  assert.equal((await ask('/api/reports')).status, 401);
  assert.equal((await (await ask('/api/plangate/entitlements', 'pro')).json()).customer, 'pro');
}

const ENV = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

/** Starts what was built; calls `work` with its address. */
async function started(application, probe, work) {
  const port = String(await freePort());
  const program = application.tool('next', 'dist', 'bin', 'next');
  const server = new ServerProcess(process.execPath, [program, 'start', '--hostname', '127.0.0.1', '--port', port], {
    cwd: application.folder,
    env: { ...process.env, ...ENV },
  });
  const url = `http://127.0.0.1:${port}/`;
  try {
    await eventually(() => fetch(new URL(probe, url)), 'next start');
    await work(url);
  } catch (error) {
    throw new Error(`${error.message}\nnext start said: ${server.output}`, { cause: error });
  } finally {
    await server.end('SIGTERM');
  }
}

const build = (application, ...flags) =>
  application.must(process.execPath, [application.tool('next', 'dist', 'bin', 'next'), 'build', ...flags], ENV);

/** A gated route in the edge runtime, which answers by two entries. */
async function edge(application) {
  application.take('next-edge', '.');
  await build(application);
  await started(application, '/ask', async (url) => {
    const ask = (customer) => fetch(new URL(`/ask${customer}`, url));
    assert.equal(await (await ask('?customer=cus_1')).text(), `${EXPECTED}\n${EXPECTED}`);
    assert.equal((await ask('')).status, 401);
  });
  return application.version('next');
}

async function next(application, ...flags) {
  application.take('../../../examples/next-app', '.');
  await build(application, ...flags);
  await started(application, '/api/reports', async (url) => {
    await checkPages(url);
    await checkRoutes(url);
  });
  return application.version('next');
}

const NEEDS = 'nothing; client components use `plangate/inline` ([example](examples/next-app/README.md))';
const row = (name, tool, ...flags) => ({
  name,
  tool,
  needs: NEEDS,
  group: 'next',
  run: (application) => next(application, ...flags),
});

export const frameworks = [
  row('next', 'Next.js, App Router, Turbopack'),
  row('next-webpack', 'Next.js, App Router, webpack', '--webpack'),
  { name: 'next-edge', tool: 'Next.js, edge runtime', needs: 'nothing', group: 'next', run: edge },
];
