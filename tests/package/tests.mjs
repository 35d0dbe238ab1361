// What a user does with the tarball, one test each. A test throws when it fails.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';

import { must, path } from '../../tools/lib/process.mjs';
import { titleOf } from './browser.mjs';
import { EXPECTED } from './fixtures/snapshot.mjs';
import { serve } from './serve.mjs';
import { answerOfWorker } from './workerd.mjs';

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
  const { outputFiles } = await esbuild({
    entryPoints: [project.path('worker-source.mjs')],
    absWorkingDir: project.folder,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['*.wasm'],
    write: false,
  });
  const wasm = project.path('node_modules', 'plangate', 'dist', 'plangate.wasm');
  assert.equal(await answerOfWorker(project.path('worker'), { script: outputFiles[0].text, wasm }), EXPECTED);
}

/** A server on a list of one's own: gate, route and signature, with the engine found beside the entry. */
async function serverInNode(project) {
  project.write('server.mjs', fixture('server.mjs'));
  assert.equal(
    (await must(node, ['server.mjs'], { cwd: project.folder })).trim(),
    '200 cus_1 402 NOT_ENTITLED verified',
  );
}

/** The published types stand on their own, for bundlers and for Node's resolution. */
async function types(project) {
  project.write('consumer.ts', fixture('consumer.ts'));
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
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    await must(node, [tool('typescript', 'bin', 'tsc'), '-p', project.path('tsconfig.json')]);
  }
}

function contents({ tarball }) {
  const expected = ['LICENSE', 'README.md', 'package.json', 'dist/browser.js', 'dist/plangate.wasm'];
  for (const file of expected) assert.ok(tarball.files.includes(file), `${file} is not packed`);
  const strangers = tarball.files.filter((file) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(file));
  assert.deepEqual(strangers, []);
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
  'entries spell their imports as bundlers expect': spellings,
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
  'plangate/inline in Node': (project) => inNode(project, 'plangate/inline'),
  'plangate/js in Node': (project) => inNode(project, 'plangate/js'),
  'a Vite build in Chromium': viteInChromium,
  'a worker in workerd': inWorkerd,
};
