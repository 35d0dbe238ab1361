// Next.js with the App Router: a server component, a client component that hydrates, the entitlement routes and a gate.
import assert from 'node:assert/strict';

import { freePort, ServerProcess, eventually } from '../../support/servers.mjs';
import { shown } from '../lib/chromium.mjs';

const PAGES = {
  pro: 'max_users: EXPIRED. Single sign-on is yours: GRANTED.',
  free: 'max_users: NOT_ENTITLED. Single sign-on is locked: NOT_ENTITLED.',
};

const as = (customer) => (customer ? { headers: { cookie: `customer=${customer}` } } : {});

/** Rendered by the server, and the same from the first paint to after the page's own fetch; React has nothing to say. */
async function checkPages(url) {
  for (const [customer, text] of Object.entries(PAGES)) {
    const html = await (await fetch(url, as(customer))).text();
    assert.ok(
      html.replace(/<!-- -->/g, '').includes(text.split('. ')[1]),
      `the server renders for ${customer}: ${html}`,
    );
    const texts = await shown(url, { cookies: { customer }, fetches: /\/api\/entitlements$/ });
    assert.deepEqual(texts, [text]);
  }
}

async function checkRoutes(url) {
  const ask = (file, customer) => fetch(new URL(file, url), as(customer));
  assert.equal(await (await ask('/reports', 'pro')).text(), 'the report');
  const refused = await ask('/reports', 'free');
  assert.deepEqual([refused.status, (await refused.json()).reason], [402, 'NOT_ENTITLED']);
  assert.equal((await ask('/reports')).status, 401);
  assert.equal((await (await ask('/api/entitlements', 'pro')).json()).customer, 'pro');
}

async function started(application, work) {
  const port = await freePort();
  const args = [
    application.tool('next', 'dist', 'bin', 'next'),
    'start',
    '--hostname',
    '127.0.0.1',
    '--port',
    `${port}`,
  ];
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const server = new ServerProcess(process.execPath, args, { cwd: application.folder, env });
  const url = `http://127.0.0.1:${port}/`;
  try {
    await eventually(() => fetch(new URL('/reports', url)), 'next start');
    await work(url);
  } catch (error) {
    throw new Error(`${error.message}\nnext start said: ${server.output}`, { cause: error });
  } finally {
    await server.end('SIGTERM');
  }
}

async function next(application, ...flags) {
  application.take('next', '.');
  const env = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await application.must(process.execPath, [application.tool('next', 'dist', 'bin', 'next'), 'build', ...flags], env);
  await started(application, async (url) => {
    await checkPages(url);
    await checkRoutes(url);
  });
  return application.version('next');
}

const NEEDS = '`serverExternalPackages: ["plangate"]`; client components use `plangate/inline` ([how](docs/nextjs.md))';

export const frameworks = [
  { name: 'next', tool: 'Next.js, App Router (Turbopack)', needs: NEEDS, group: 'next', run: (app) => next(app) },
  {
    name: 'next-webpack',
    tool: 'Next.js, App Router (webpack)',
    needs: 'the same',
    group: 'next',
    run: (app) => next(app, '--webpack'),
  },
];
