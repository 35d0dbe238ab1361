// The examples that are marked `run`, executed against what is built: in a process of their own, with stand-ins for the
// billing systems on loopback and a real Redis.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { constructTestWebhook } from '../../js/server/index.js';
import { misbehavingUpstream, paygenticList, stripeAccount, stripeRows } from '../support/misbehaving-upstream.mjs';
import { startRedis } from '../support/redis.mjs';
import { eventually, freePort, ServerProcess } from '../support/servers.mjs';
import { programFolder, programsOf, writePrograms } from './examples.mjs';
import type { Program } from './examples.mjs';
import { pages } from './pages.mjs';
import { blocksOn, blockWith, example as exampleOf, ran } from './ran.mjs';

const all = pages();
const folder = programFolder();
const programs = programsOf(all, folder).filter(({ run }) => run);
const SECRET = 'whsec_dGhlIHNlY3JldCBvZiB0aGlzIHRlc3Q=';
/** Pages whose example is a server, driven below; the others end by themselves and print what the page says. */
const SERVERS = [
  'docs/server.md',
  'docs/stripe-in-ten-minutes.md',
  'docs/paygentic-in-ten-minutes.md',
  'docs/gate-a-route.md',
];

let redis: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  writePrograms(programs);
  for (const { file, parts } of programs) {
    const { code } = await transform(parts.map(({ text }) => text).join(''), { loader: 'ts', format: 'esm' });
    writeFileSync(file.replace(/\.tsx?$/, '.mjs'), code);
  }
  redis = await startRedis();
});
afterAll(async () => {
  await redis?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function programOf(page: string) {
  const [program, ...more] = programs.filter(({ parts }) => parts[0]!.page === page);
  if (!program || more.length > 0) throw new Error(`${page} should have one example that is run`);
  return program;
}

/** Starts an example. */
function start(example: Program, env: Record<string, string | undefined> = {}): ServerProcess {
  example.parts.forEach(ran);
  const cwd = mkdtempSync(join(tmpdir(), 'plangate-docs-'));
  const program = new ServerProcess(process.execPath, [example.file.replace(/\.tsx?$/, '.mjs')], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
  });
  onTestFinished(async () => {
    await program.end('SIGKILL');
    rmSync(cwd, { recursive: true, force: true });
  });
  return program;
}

/** Starts an example that is a server; answers how to ask it as a customer. */
async function serve(page: string, env: Record<string, string>) {
  const port = await freePort();
  const program = start(programOf(page), { ...env, PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  const ask = (path: string, customer = '', init: RequestInit = {}): Promise<Response> =>
    fetch(url + path, { ...init, headers: { 'x-customer': customer, ...init.headers } });
  await eventually(async () => {
    if (program.child.exitCode !== null) throw new Error(program.output);
    await ask('/healthz');
  }, `${page} does not listen`);
  const webhook = async (provider: 'stripe' | 'paygentic', customer: string): Promise<number> => {
    const delivery = await constructTestWebhook({ provider, secret: SECRET, customer });
    const { headers, body } = { headers: delivery.headers, body: await delivery.arrayBuffer() };
    return (await fetch(`${url}/webhooks/${provider}`, { method: 'POST', headers, body })).status;
  };
  return { ask, webhook };
}

describe('examples that print', () => {
  const printing = programs.filter(({ parts }) => !SERVERS.includes(parts[0]!.page));
  test.each(printing.map((example): [string, Program] => [example.name, example]))('%s', async (_name, example) => {
    const { page, index } = example.parts.at(-1)!;
    const said = blocksOn(page).find((block) => block.index === index + 1);
    expect(said?.language, `${page} must say what its example prints, in a text block behind it`).toBe('text');
    const program = start(example, { REDIS_URL: redis.url, METRICS_TOKEN: 'token' });
    // It has said all when its output is closed, which may be after its end.
    const closed = once(program.child, 'close');
    await eventually(async () => {
      if (program.child.exitCode === null) throw new Error(program.output);
    }, `${page} does not end`);
    await closed;
    expect(program.output).toBe(ran(said!).text);
    expect(program.child.exitCode).toBe(0);
  });
});

describe('examples that are servers', () => {
  test.each(['docs/server.md', 'docs/stripe-in-ten-minutes.md'])('%s', async (page) => {
    const customers: Record<string, ReturnType<typeof stripeRows>> = { cus_1: [] };
    const stripe = await misbehavingUpstream({ list: stripeAccount({ customers }) });
    onTestFinished(() => stripe.close());
    const { ask, webhook } = await serve(page, {
      STRIPE_KEY: 'rk_test_example',
      STRIPE_URL: stripe.url,
      STRIPE_WEBHOOK_SECRET: SECRET,
      DATABASE: 'entitlements.db',
    });
    // "In fifteen lines": what is more are imports.
    expect(programOf(page).parts[0]!.text.trimEnd().split('\n').length).toBeLessThanOrEqual(22);
    expect((await ask('/reports')).status).toBe(401);
    expect((await ask('/reports', 'cus_1')).status).toBe(402);
    // 230 rows, which is three pages; the feature is the last of them.
    const rows = stripeRows(230);
    customers['cus_1'] = [...rows.slice(0, -1), { ...rows.at(-1), lookup_key: 'reports' }] as typeof rows;
    expect(await webhook('stripe', 'cus_1')).toBe(200);
    await eventually(async () => expect((await ask('/reports', 'cus_1')).status).toBe(200), 'it stays closed');
    expect((await (await ask('/entitlements', 'cus_1')).json()).entitlements).toHaveLength(230);
  });

  test('docs/paygentic-in-ten-minutes.md', async () => {
    const row = (id: string, featureKey: string, more: object) => ({
      entitlementId: id,
      customerId: 'cus_1',
      featureKey,
      featureId: `feat_${id}`,
      productId: 'prod_1',
      status: 'active',
      activeFrom: '2026-01-01T00:00:00Z',
      activeTo: null,
      hasAccess: true,
      ...more,
    });
    const rows: object[] = [
      row('ent_2', 'storage', { featureType: 'static', config: { limitGB: 50 } }),
      row('ent_3', 'api-calls', { featureType: 'metered', balance: 2, usageInPeriod: 0, overage: 0 }),
    ];
    const list = (url: URL) =>
      url.pathname === '/v1/entitlements' ? paygenticList(rows as Parameters<typeof paygenticList>[0], url) : undefined;
    const paygentic = await misbehavingUpstream({ list });
    onTestFinished(() => paygentic.close());
    const { ask, webhook } = await serve('docs/paygentic-in-ten-minutes.md', {
      PAYGENTIC_KEY: 'sk_example',
      PAYGENTIC_URL: paygentic.url,
      PAYGENTIC_WEBHOOK_SECRET: SECRET,
    });
    const post = (path: string) => ask(path, 'cus_1', { method: 'POST' });
    expect((await ask('/reports', 'cus_1')).status).toBe(402);
    expect((await post('/files')).status).toBe(200); // 48 + 2 of 50
    const calls = [];
    for (let i = 0; i < 3; i += 1) calls.push((await post('/call')).status);
    expect(calls).toEqual([200, 200, 402]);
    rows.push(row('ent_1', 'reports', { featureType: 'boolean' }));
    expect(await webhook('paygentic', 'cus_1')).toBe(200);
    await eventually(async () => expect((await ask('/reports', 'cus_1')).status).toBe(200), 'it stays closed');
  });

  test('docs/gate-a-route.md', async () => {
    const { ask } = await serve('docs/gate-a-route.md', {});
    expect((await ask('/reports')).status).toBe(401);
    expect(await (await ask('/reports', 'cus_pro')).text()).toBe('the report');
    const refused = await ask('/reports', 'cus_free');
    const body = await refused.json();
    expect([refused.status, refused.headers.get('content-type')]).toEqual([402, 'application/problem+json']);
    // The refusal that the page shows has the same members.
    const shown = blockWith('docs/gate-a-route.md', 'PAYMENT_REQUIRED');
    const { unlocks, ...rest } = JSON.parse(shown.text) as Record<string, unknown>;
    expect(body).toEqual({ ...rest, unlocks: [] });
    expect(unlocks).toHaveLength(1);
    // Three seats of three are taken.
    const invite = await ask('/invite', 'cus_pro', { method: 'POST' });
    expect([invite.status, (await invite.json()).reason]).toEqual([402, 'LIMIT_REACHED']);
  });
});

test('docs/operate.md names every metric that there is, and no other', async () => {
  const { createServer, memory, upstream } = await import('../../js/server/index.js');
  await import('../server/engine.js');
  const server = createServer({
    upstream: upstream({ source: 'own', fetch: () => '' }),
    store: memory(),
    customer: () => null,
    reconcile: false,
    logger: null,
  });
  onTestFinished(() => server.close());
  const text = await (await server.handle(new Request('http://localhost/metrics'))).text();
  const real = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const { text: page } = all.find(({ name }) => name === 'docs/operate.md')!;
  const named = new Set([...page.matchAll(/plangate_[a-z_]+/g)].map(([name]) => name));
  expect([...named].sort()).toEqual([...real].sort());
  // The alerts: rules as Prometheus reads them, over these metrics and their labels.
  const { groups } = parseYaml(exampleOf('docs/operate.md', 'PlangateCannotKeep').text) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(3);
  for (const { expr } of rules) {
    for (const [, name] of expr.matchAll(/(plangate_[a-z_]+)/g)) expect(real).toContain(name);
    for (const [, metric, label] of expr.matchAll(/(plangate_[a-z_]+)\{(\w+)/g))
      expect(page).toMatch(new RegExp(`\`${metric}\\{[a-z,]*\\b${label}\\b`));
  }
});
