// The example of docs/server.md, run as it stands: only the names of the package's entries are led to the sources.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';

import { misbehavingUpstream, stripeAccount, stripeRows } from '../support/misbehaving-upstream.mjs';
import { SECRET, until } from './harness.js';
import { deliver } from './processes.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources: Record<string, string> = {
  'plangate/server': 'js/server/entries/node.ts',
  'plangate/stores/sqlite': 'js/stores/sqlite.ts',
};

/** The first program of the page. */
function example(): string {
  const page = readFileSync(join(root, 'docs/server.md'), 'utf8');
  return /```ts run\n(.*?)```/s.exec(page)![1]!;
}

async function run(source: string, env: Record<string, string>): Promise<Server> {
  const folder = mkdtempSync(join(root, 'build', 'example-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'example.mjs');
  const toSources = {
    name: 'entries',
    setup: (plugin: import('esbuild').PluginBuild) =>
      plugin.onResolve({ filter: /^plangate\// }, ({ path }) => ({ path: join(root, sources[path]!) })),
  };
  const stdin = { contents: source, loader: 'ts', resolveDir: root } as const;
  const options = { bundle: true, platform: 'node', format: 'esm', external: ['express', 'libsql'] } as const;
  await build({ stdin, outfile, plugins: [toSources], ...options });
  writeFileSync(
    join(folder, 'plangate-server.wasm'),
    readFileSync(join(root, 'js/engine/generated/plangate-server.wasm')),
  );
  Object.assign(process.env, env);
  const { listening } = (await import(pathToFileURL(outfile).href)) as { listening: Server };
  if (!listening.listening) await once(listening, 'listening');
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return listening;
}

test('the fifteen lines of docs/server.md do what the page says', async () => {
  expect(example().trimEnd().split('\n').length).toBeLessThanOrEqual(18);
  const customers: Record<string, ReturnType<typeof stripeRows>> = { cus_1: [] };
  const stripe = await misbehavingUpstream({ list: stripeAccount({ customers }) });
  onTestFinished(() => stripe.close());
  const folder = mkdtempSync(join(tmpdir(), 'plangate-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = await run(example(), {
    STRIPE_KEY: 'sk_test_example',
    STRIPE_URL: stripe.url,
    STRIPE_WEBHOOK_SECRET: SECRET,
    DATABASE: join(folder, 'entitlements.db'),
    PORT: '0',
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reports = async (): Promise<number> =>
    (await fetch(`${url}/reports`, { headers: { 'x-customer': 'cus_1' } })).status;
  expect(await reports()).toBe(402);
  // 230 rows, which is three pages; the feature is the last of them.
  const rows = stripeRows(230);
  customers['cus_1'] = [...rows.slice(0, -1), { ...rows.at(-1), lookup_key: 'reports' }] as typeof rows;
  expect(await deliver(url, 'cus_1')).toBe(200);
  await until(async () => (await reports()) === 200);
  const list = await fetch(`${url}/entitlements`, { headers: { 'x-customer': 'cus_1' } });
  expect((await list.json()).entitlements).toHaveLength(230);
});
