// `plangate types`, from dist/: what it writes, that misuse of it is a type error, and what it says when it cannot.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { send, stripeList } from '../support/misbehaving-upstream.mjs';
import { compiled } from './compiled.js';
import { CLI, folder } from './support.js';

const row = (featureKey: string, config?: object): object => ({
  id: `e_${featureKey}_${JSON.stringify(config)}`,
  featureKey,
  config,
});
const snapshot = (entitlements: object[], more: object = {}): object => ({
  plangate: 1,
  customer: 'cus_1',
  source: 'test',
  asOf: 0,
  entitlements,
  ...more,
});

const FREE = snapshot(
  [row('sso'), row('storage-quota', { limitGB: 5, tier: 'basic' }), row("it's", { a: [1, 'x', null], b: {} })],
  {
    catalogue: {
      features: [
        { key: 'sso', name: 'Single sign-on' },
        { key: 'old', name: 'Old */ name\nof two lines', archived: true },
      ],
      products: [
        {
          id: 'prod_1',
          features: [{ key: 'storage-quota', config: { limitGB: 50 } }],
          // What only one price brings counts as well.
          prices: [
            { id: 'price_1', features: [{ key: 'storage-quota', config: { limitGB: 50, burst: { perDay: 2 } } }] },
          ],
        },
      ],
    },
  },
);
const PRO = snapshot([
  row('api-calls', { perMinute: 60 }),
  row('api-calls', { perMinute: 'unlimited' }),
  row('__proto__'),
]);

const DECLARATION = `import 'plangate';

declare module 'plangate' {
  interface PlangateFeatures {
    __proto__: true;
    'api-calls': {
      perMinute: 'unlimited' | number;
    };
    'it\\'s': {
      a: (string | number | null)[];
      b: Record<string, never>;
    };
    /** Old * / name of two lines @deprecated archived */
    old: true;
    /** Single sign-on */
    sso: true;
    'storage-quota': {
      burst?: {
        perDay: number;
      };
      limitGB: number;
      tier?: string;
    };
  }
}
`;

function write(files: Record<string, unknown>): string {
  const at = folder();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(at, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return at;
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not spawnSync: the servers that it asks are in this process. */
async function types(cwd: string, args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, 'types', ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

async function serving(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('given snapshots', () => {
  test('declares keys and merged shapes, in one order, with the command that made it', async () => {
    const cwd = write({ 'free.json': FREE, 'pro.json': PRO });
    const { status, stdout, stderr } = await types(cwd, ['--from', 'free.json', 'pro.json']);
    expect([status, stderr]).toEqual([0, '']);
    const [head, command, ...rest] = stdout.split('\n');
    expect(head).toMatch(/^\/\/ Generated/);
    expect(command).toBe('//   npx plangate types --from free.json pro.json');
    expect(rest.join('\n')).toBe(DECLARATION);
    const turned = await types(cwd, ['--from', 'pro.json', 'free.json']);
    expect(turned.stdout.split('\n').slice(2)).toEqual(rest);
  });

  test('makes misuse a type error', async () => {
    const cwd = write({ 'free.json': FREE, 'pro.json': PRO });
    expect((await types(cwd, ['--from', 'free.json', 'pro.json', '--out', 'plangate.d.ts'])).status).toBe(0);
    const use = [
      "gate.hasFeature('sso'); gate.hasFeature('__proto__'); gate.hasFeature('it\\'s');",
      '// @ts-expect-error -- not a feature',
      "gate.hasFeature('ssso');",
      "export const gb: number = gate.value('storage-quota', 'limitGB', 5);",
      '// @ts-expect-error -- not a field',
      "gate.value('storage-quota', 'limitMB', 5);",
      '// @ts-expect-error -- a number',
      "gate.value('storage-quota', 'limitGB', '5');",
      "export const rate: number | 'unlimited' = gate.value('api-calls', 'perMinute', 1);",
      "export const perDay: number | undefined = gate.config('storage-quota')?.burst?.perDay;",
      '// @ts-expect-error -- optional',
      "gate.config('storage-quota')!.burst.perDay;",
    ].join('\n');
    expect(await compiled(cwd, 'plangate.d.ts', use)).toEqual(['', 0]);
  });

  test('writes only what changed, and --check fails in CI when it is out of date', async () => {
    const cwd = write({ 'free.json': FREE });
    const args = ['--from', 'free.json', '--out', 'src/types/plangate.d.ts'];
    const missing = await types(cwd, [...args, '--check']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(
      /error OUT_OF_DATE: the file is not there\n {2}where: src.*\n {2}do: run: npx plangate types --from free\.json --out/,
    );
    expect(existsSync(join(cwd, 'src'))).toBe(false);

    expect((await types(cwd, args)).stdout).toBe('src/types/plangate.d.ts: 4 features, written\n');
    expect((await types(cwd, [...args, '--check'])).status).toBe(0);
    const again = await types(cwd, [...args, '--json']);
    expect(JSON.parse(again.stdout)).toEqual({
      features: ["it's", 'old', 'sso', 'storage-quota'],
      out: 'src/types/plangate.d.ts',
      changed: false,
    });
    writeFileSync(join(cwd, 'free.json'), JSON.stringify(PRO));
    const stale = await types(cwd, [...args, '--check']);
    expect([stale.status, stale.stderr]).toEqual([1, expect.stringContaining('the file is out of date')]);
    expect(readFileSync(join(cwd, 'src/types/plangate.d.ts'), 'utf8')).toContain('sso: true');
  });

  test("reads a provider's list as the core does", async () => {
    const at = { featureType: 'static', hasAccess: true, status: 'active', activeFrom: null, activeTo: null };
    const data = [{ entitlementId: 'e1', productId: 'p', featureKey: 'quota', config: { gb: 1 }, ...at }];
    const cwd = write({ 'list.json': { object: 'list', data } });
    const { stdout, stderr } = await types(cwd, ['--from', 'list.json', '--format', 'paygentic']);
    expect(stderr).toBe('');
    expect(stdout).toContain('quota: {\n      gb: number;\n    };');
  });
});

describe('given an address', () => {
  test('asks with the token and the headers, and writes neither down', async () => {
    const asked: unknown[] = [];
    const url = await serving((request, response) => {
      asked.push([request.url, request.headers.authorization, request.headers['x-tenant']]);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(PRO));
    });
    const args = ['--from', `${url}/entitlements?key=hidden`, '--token-env', 'TOKEN', '--header', 'X-Tenant: acme'];
    const { status, stdout } = await types(folder(), args, { TOKEN: 'secret-1' });
    expect([status, asked]).toEqual([0, [['/entitlements?key=hidden', 'Bearer secret-1', 'acme']]]);
    expect(stdout).toContain("'api-calls'");
    expect(stdout).not.toMatch(/secret-1|hidden|acme/);
  });

  test.each([
    [
      'another status',
      403,
      {},
      /error HTTP_STATUS: the server answered 403\n.*\n {2}do: say who asks, with --header or --token-env/,
    ],
    ['a redirect', 302, { location: 'https://example.com/' }, /error HTTP_STATUS: the server answered 302/],
  ])('says so of %s', async (_, status, headers, says) => {
    const url = await serving((_request, response) => void response.writeHead(status, headers).end('{}'));
    const ran = await types(folder(), ['--from', url]);
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringMatching(says)]);
  });
});

test("reads Stripe's features, archived ones and those of products too", async () => {
  const feature = (id: string, key: string, active: boolean): object => ({
    id,
    object: 'entitlements.feature',
    name: key.toUpperCase(),
    lookup_key: key,
    active,
    livemode: false,
    metadata: {},
  });
  const paths: string[] = [];
  const url = await serving((request, response) => {
    const at = new URL(request.url ?? '/', 'http://127.0.0.1');
    paths.push(`${at.pathname} ${request.headers.authorization}`);
    const rows =
      at.pathname.endsWith('/features') && at.pathname.includes('entitlements')
        ? [feature('feat_1', 'sso', true), feature('feat_2', 'old-report', false)]
        : [];
    send(response, stripeList(rows as never, at));
  });
  const ran = await types(folder(), ['--from', 'stripe', '--stripe-url', url], { STRIPE_API_KEY: 'rk_test_1' });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toContain("    /** @deprecated archived */\n    'old-report': true;\n    sso: true;\n");
  expect(ran.stdout).not.toContain('rk_test_1');
  expect(paths).toContain('/v1/entitlements/features Bearer rk_test_1');
});

test.each([
  ['no such file', ['--from', 'nope.json'], 1, /error SOURCE_NOT_READ: no such file\n {2}where: nope\.json/],
  [
    'no snapshot',
    ['--from', 'other.json'],
    1,
    /error [A-Z_]+: .+\n {2}where: other\.json.*\n {2}do: is it a plangate snapshot\?/,
  ],
  ['no source', [], 2, /error USAGE: .*--from/],
  ['an unknown format', ['--from', 'x', '--format', 'yaml'], 2, /error USAGE: .*--format/],
  ['plain http elsewhere', ['--from', 'http://example.com/e'], 2, /error INSECURE_URL/],
  [
    'no key for Stripe',
    ['--from', 'stripe'],
    2,
    /error USAGE: the environment variable is not set\n {2}where: STRIPE_API_KEY/,
  ],
  [
    'a folder to write to',
    ['--from', 'snapshot.json', '--out', '.'],
    1,
    /error OUT_NOT_WRITTEN: .*it is a folder\n {2}where: \.\n {2}do: name another file/,
  ],
  ['--check without --out', ['--from', 'other.json', '--check'], 2, /error USAGE: --check compares with a file/],
  ['a header that is none', ['--from', 'http://127.0.0.1:9/', '--header', 'x'], 2, /error USAGE: --header "x"/],
])('refuses %s', async (_, args, status, says) => {
  const ran = await types(write({ 'other.json': { hello: 1 }, 'snapshot.json': FREE }), args);
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([status, '', expect.stringMatching(says)]);
});
