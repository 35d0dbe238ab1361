// Programs in Node, Deno, Bun and workerd.
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { build as esbuild } from 'esbuild';

import { EXPECTED } from '../lib/project.mjs';

const ANSWERS = ['plangate', 'plangate/inline', 'plangate/js'].map((entry) => `${entry}: ${EXPECTED}`).join('\n');
const SERVER = '200 cus_1 402 NOT_ENTITLED verified';

/** Runs what every runtime has to run: the client by each of its entries, and a server. */
async function programs(application, command, ...args) {
  for (const file of ['entries.mjs', 'entries.cjs']) application.take(file);
  application.take('../../package/fixtures/server.mjs', 'server.mjs');
  const said = async (file) => (await application.must(command, [...args, application.path(file)])).trim();
  assert.equal(await said('entries.mjs'), ANSWERS);
  assert.equal(await said('server.mjs'), SERVER);
  return said;
}

/** npm has Node's programs as packages, one for each platform. */
export function nodeOf({ tools }, name) {
  const packages = [process.arch, 'x64'].map((arch) => join(tools, 'node_modules', `${name}-${arch}`, 'bin', 'node'));
  const found = packages.find((file) => existsSync(file));
  if (!found) throw new Error(`npm has no Node for ${process.platform} on ${process.arch}`);
  return found;
}

const nodeVersion = async (application, node) => (await application.must(node, ['--version'])).trim().slice(1);

/** A Node whose require() takes ES modules. */
async function node(application, name) {
  const program = nodeOf(application, name);
  const said = await programs(application, program, '--no-warnings');
  assert.equal(await said('entries.cjs'), ANSWERS);
  return nodeVersion(application, program);
}

/** The oldest that `engines` allows: import works; require() says what Node says of every ES module. */
async function oldestNode(application, name) {
  const program = nodeOf(application, name);
  await programs(application, program, '--no-warnings');
  const { code, output } = await application.run(program, [application.path('entries.cjs')]);
  assert.notEqual(code, 0);
  assert.match(output, /ERR_REQUIRE_ESM/);
  return nodeVersion(application, program);
}

async function deno(application) {
  const said = await programs(application, process.execPath, application.tool('deno', 'bin.cjs'), 'run', '--no-prompt');
  assert.equal(await said('entries.cjs'), ANSWERS);
  return application.version('deno');
}

async function bun(application) {
  const folders = [process.arch, 'x64'].map((arch) => arch.replace('arm64', 'aarch64'));
  const file = folders.map((arch) => application.tool('@oven', `bun-linux-${arch}`, 'bin', 'bun')).find(existsSync);
  if (!file) throw new Error(`npm has no Bun for ${process.platform} on ${process.arch}`);
  const said = await programs(application, file, 'run');
  assert.equal(await said('entries.cjs'), ANSWERS);
  return application.version('bun');
}

/** Bundled as wrangler does: the `workerd` condition, and .wasm files left to the host. */
async function miniflare(application) {
  application.take('worker.mjs');
  application.take('miniflare.mjs');
  await esbuild({
    entryPoints: [application.path('worker.mjs')],
    outfile: application.path('worker', 'worker.js'),
    absWorkingDir: application.folder,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm'],
  });
  cpSync(application.installed('dist', 'plangate.wasm'), application.path('worker', 'plangate.wasm'));
  const answers = await application.must(process.execPath, ['miniflare.mjs']);
  assert.equal(answers.trim(), `${ANSWERS}\nplangate/testing: GRANTED`);
  return application.version('miniflare');
}

const row = (name, tool, needs, run) => ({ name, tool, needs, group: 'runtimes', run });
const REQUIRE = 'nothing; `require()` works as well';

export const runtimes = [
  row('node-20-0', 'Node.js 20, its first', 'nothing; `require()` of ES modules only from 20.19 on', oldestNode),
  row('node-20', 'Node.js 20', REQUIRE, node),
  row('node-22', 'Node.js 22', `${REQUIRE} (from 22.12 on)`, node),
  row('node-24', 'Node.js 24', REQUIRE, node),
  row('deno', 'Deno', REQUIRE, deno),
  row('bun', 'Bun', REQUIRE, bun),
  row('miniflare', 'Cloudflare Workers (Miniflare, workerd)', 'nothing', miniflare),
];
