// What a user does with the tarball, one test each. A test throws when it fails.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';

import { must, path, run } from '../../tools/lib/process.mjs';
import { titleOf } from './browser.mjs';
import { EXPECTED } from './fixtures/snapshot.mjs';
import { serve } from './serve.mjs';
import { shakingTests } from './shaking.mjs';
import { testingTests } from './testing.mjs';
import { answerOfWorker, withWorker } from './workerd.mjs';

const node = process.execPath;
const tool = (...parts) => path('node_modules', ...parts);
const fixture = (name) => readFileSync(path('tests', 'package', 'fixtures', name), 'utf8');

/** Writes an application that asks the given entry and prints the answer. */
function writeAsking(project, file, specifier, use) {
  project.write('snapshot.mjs', fixture('snapshot.mjs'));
  project.write(file, `import * as plangate from '${specifier}';\nimport { ask } from './snapshot.mjs';\n${use}\n`);
}

async function inNode(project, specifier) {
  writeAsking(project, 'main.mjs', specifier, 'console.log(await ask(plangate));');
  assert.equal((await must(node, ['main.mjs'], { cwd: project.folder })).trim(), EXPECTED);
}

/** Vite's production build must emit the .wasm file as an asset and find it again. */
async function viteInChromium(project) {
  writeAsking(project, 'app/main.js', 'plangate', 'ask(plangate).then((answer) => { document.title = answer; });');
  project.write('app/snapshot.mjs', fixture('snapshot.mjs'));
  project.write(
    'app/index.html',
    '<!doctype html><title>waiting</title><script type="module" src="./main.js"></script>',
  );
  await vite({
    root: project.path('app'),
    configFile: false,
    logLevel: 'error',
    build: { outDir: project.path('app-dist'), emptyOutDir: true, assetsInlineLimit: 0 },
  });
  const assets = readdirSync(project.path('app-dist', 'assets'));
  assert.ok(
    assets.some((name) => /^plangate-.*\.wasm$/.test(name)),
    `no wasm asset among ${assets.join(', ')}`,
  );
  const server = await serve(project.path('app-dist'));
  try {
    assert.equal(await titleOf(server.url), EXPECTED);
  } finally {
    await server.close();
  }
}

/** Resolves as wrangler does: condition `workerd`, the .wasm import left to the host. */
async function inWorkerd(project) {
  const handler =
    'export default { async fetch() { try { return new Response(await ask(plangate)); }' +
    ' catch (error) { return new Response(String(error?.stack), { status: 500 }); } } };';
  writeAsking(project, 'worker-source.mjs', 'plangate', handler);
  const worker = await workerOf(project, 'worker-source.mjs', 'plangate.wasm');
  assert.equal(await answerOfWorker(project.path('worker'), worker), EXPECTED);
}

/** Bundles a worker; `wasm` is the file of the package that it imports. */
async function workerOf(project, file, wasm) {
  const { outputFiles } = await esbuild({
    entryPoints: [project.path(file)],
    absWorkingDir: project.folder,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['*.wasm'],
    write: false,
  });
  return { script: outputFiles[0].text, wasm: project.path('node_modules', 'plangate', 'dist', wasm) };
}

/** A whole server in a Durable Object: list, 304, gate, webhook and what it changes, each in a request of its own. */
async function serverInWorkerd(project) {
  project.write('server-worker.mjs', fixture('server-worker.mjs'));
  const worker = await workerOf(project, 'server-worker.mjs', 'plangate-server.wasm');
  await withWorker(project.path('server-worker'), { ...worker, object: 'Entitlements' }, async (url) => {
    const ask = (file, customer, headers = {}, method = 'GET') =>
      fetch(new URL(file, url), {
        method,
        headers: { ...(customer && { 'x-customer': customer }), ...headers },
        signal: AbortSignal.timeout(60_000),
      });
    await asksServer(ask, '');
    assert.equal((await ask('/upgrade', undefined, {}, 'POST')).status, 200);
    const keys = async () => keysOf(await (await ask('/entitlements', 'cus_1')).text());
    for (let left = 600; left > 0 && (await keys()).length < 2; left--) await new Promise((go) => setTimeout(go, 100));
    assert.deepEqual(await keys(), ['reports', 'exports']);
    // A server for each request, over one store.
    await asksServer(ask, '/plain');
  });
}

const keysOf = (text) => JSON.parse(text).entitlements.map(({ featureKey }) => featureKey);

async function asksServer(ask, base) {
  const list = await ask(`${base}/entitlements`, 'cus_1');
  const text = await list.text();
  assert.equal(list.status, 200, text);
  assert.equal(keysOf(text)[0], 'reports');
  const again = await ask(`${base}/entitlements`, 'cus_1', { 'if-none-match': list.headers.get('etag') });
  assert.equal(again.status, 304);
  assert.equal((await ask(`${base}/entitlements`)).status, 401);
  assert.equal(await (await ask(`${base}/reports`, 'cus_1')).text(), 'the report');
  const refused = await ask(`${base}/reports`, 'cus_2');
  assert.deepEqual([refused.status, (await refused.json()).reason], [402, 'NOT_ENTITLED']);
  const forged = await ask(`${base}/webhooks/stripe`, undefined, { 'stripe-signature': 't=1,v1=00' }, 'POST');
  assert.equal(forged.status, 400);
  assert.equal((await ask(`${base}/healthz`)).status, 200);
}

/** A server on a list of one's own: gate, route and signature, with the engine found beside the entry. */
async function serverInNode(project) {
  project.write('server.mjs', fixture('server.mjs'));
  assert.equal(
    (await must(node, ['server.mjs'], { cwd: project.folder })).trim(),
    '200 cus_1 402 NOT_ENTITLED verified',
  );
}

/** The local provider, from the package alone: what it uses is inside. */
async function providerInNode(project) {
  project.write('provider.mjs', fixture('provider.mjs'));
  assert.equal((await must(node, ['provider.mjs'], { cwd: project.folder })).trim(), 'sso ended');
}

/** The command line, by the name under which npm installs it. */
async function commandLine(project) {
  const plangate = project.path('node_modules', '.bin', 'plangate');
  const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));
  assert.equal((await must(plangate, ['--version'], { cwd: project.folder })).trim(), version);
  const { code, output } = await run(plangate, ['serve'], { cwd: project.folder });
  assert.equal(code, 2, output);
  assert.match(output, /error INVALID_CONFIG: customer\.from is missing/);
}

/** The published types stand on their own, for bundlers and for Node's resolution. */
async function types(project) {
  project.write('consumer.ts', fixture('consumer.ts'));
  // The same text as a CommonJS module: Node, and NodeNext, let it require() ES modules.
  project.write('consumer.cts', fixture('consumer.ts'));
  for (const [module, moduleResolution] of [
    ['ESNext', 'Bundler'],
    ['NodeNext', 'NodeNext'],
  ]) {
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'ES2022',
      lib: ['ES2022', 'DOM', 'ESNext.Disposable'],
      strict: true,
      noEmit: true,
      types: [],
    };
    project.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions, files: ['consumer.ts', ...(module === 'NodeNext' ? ['consumer.cts'] : [])] }),
    );
    await must(node, [tool('typescript', 'bin', 'tsc'), '-p', project.path('tsconfig.json')]);
  }
}

function contents({ tarball }) {
  const expected = ['LICENSE', 'README.md', 'package.json', 'dist/browser.js', 'dist/plangate.wasm'];
  for (const file of expected) assert.ok(tarball.files.includes(file), `${file} is not packed`);
  const strangers = tarball.files.filter((file) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(file));
  assert.deepEqual(strangers, []);
}

/** Parts of a page must not need one: servers import what imports them. */
async function partsInNode(project) {
  project.write(
    'parts.mjs',
    `
import { createPlangate } from 'plangate';
import { cache, indexedDb } from 'plangate/cache';
import { live, storagePage } from 'plangate/live';
const bootstrap = { plangate: 1, customer: 'c', source: 's', asOf: 0, entitlements: [{ featureKey: 'a' }] };
const use = [cache({ store: indexedDb() }), live({ page: storagePage() }), cache(), live()];
const gate = await createPlangate({ bootstrap, customer: 'c', use });
console.log(gate.hasFeature('a'), await gate.waitUntilReady());
`,
  );
  assert.equal((await must(node, ['parts.mjs'], { cwd: project.folder })).trim(), 'true ready');
}

/** What a package's `exports` answer a host that has these conditions. */
const resolved = (target, conditions) =>
  typeof target === 'string' ? target : target[Object.keys(target).find((key) => conditions.includes(key))];

/** Types come first; and hosts that may not compile WebAssembly are never handed an entry with bytes in it. */
function conditions(project) {
  const installed = (name) => readFileSync(project.path('node_modules', 'plangate', name), 'utf8');
  const { exports } = JSON.parse(installed('package.json'));
  for (const [name, target] of Object.entries(exports).filter(([, one]) => typeof one === 'object')) {
    assert.equal(Object.keys(target)[0], 'types', name);
    for (const host of ['workerd', 'deno', 'bun', 'browser', 'node', 'edge-light']) {
      const file = resolved(target, [host, 'default']);
      assert.ok(project.tarball.files.includes(file.slice(2)), `${name} is ${file} for ${host}`);
      const hasBytes = installed(file).includes(Buffer.from('\0asm').toString('base64').slice(0, 5));
      assert.ok(!(host === 'workerd' && hasBytes), `${name} is ${file} for ${host}, with bytes to compile`);
    }
  }
}

/** The browser entry must keep the form that bundlers recognise; the edge entries must import. */
function spellings(project) {
  const dist = (name) => readFileSync(project.path('node_modules', 'plangate', 'dist', name), 'utf8');
  assert.match(dist('browser.js'), /new URL\("\.\/plangate\.wasm", import\.meta\.url\)/);
  assert.match(dist('edge.js'), /from "\.\/plangate\.wasm"/);
  assert.match(dist('edge-light.js'), /from "\.\/plangate\.wasm\?module"/);
  for (const name of ['browser.js', 'edge.js', 'edge-light.js', 'inline.js', 'js.js']) {
    assert.doesNotMatch(dist(name), /\bfrom "node:|\beval\(|new Function\(|^await /m, name);
  }
}

export const tests = {
  'the tarball holds what it should': contents,
  'conditions lead every host to what it can load': conditions,
  'entries spell their imports as bundlers expect': spellings,
  'the plangate command is installed': commandLine,
  'publint --strict': ({ tarball }) => must(node, [tool('publint', 'src', 'cli.js'), '--strict', tarball.tarball]),
  'attw --pack': ({ tarball }) =>
    must(node, [
      tool('@arethetypeswrong', 'cli', 'dist', 'index.js'),
      tarball.tarball,
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      './wasm',
    ]),
  'types under both resolutions': types,
  'plangate in Node': (project) => inNode(project, 'plangate'),
  'plangate/server and plangate/signed in Node': serverInNode,
  'plangate/provider in Node': providerInNode,
  'plangate/cache and plangate/live in Node': partsInNode,
  'plangate/inline in Node': (project) => inNode(project, 'plangate/inline'),
  'plangate/js in Node': (project) => inNode(project, 'plangate/js'),
  ...testingTests,
  ...shakingTests,
  'a Vite build in Chromium': viteInChromium,
  'a worker in workerd': inWorkerd,
  'plangate/server in workerd': serverInWorkerd,
};
