// The candidates of the cold start: small programs that end with the first decision, bundled alike.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';

import { must } from '../../tools/lib/process.mjs';
import { lists, rowsOf } from './lists.mjs';
import { bundle, PACKAGE, work } from './work.mjs';

const ENTITLEMENTS = 220;

/** Other SDKs, the newest of their line when these numbers were first taken. */
const OTHERS = ['@launchdarkly/js-client-sdk@4.10.3', 'flagsmith@10.0.0', '@growthbook/growthbook@1.8.0'];

const rows = rowsOf(ENTITLEMENTS);
const asked = rows.find(({ allowed }) => allowed).key;
const denied = rows.find(({ allowed }) => !allowed).key;
const snapshot = lists.snapshot(rows).pages[0];
const flagMap = (make) => Object.fromEntries(rows.map((row) => [row.key, make(row)]));
const json = JSON.stringify;

/** Every program sets `answer` to [decision on a granted key, on a denied one] and then calls `decided()`. */
const finish = (ask) => `decided([${ask(json(asked))}, ${ask(json(denied))}]);`;

/** Name -> source of its program; text stands for what a page would have been given by its server. */
function programs(platform, entry) {
  const text = (value) => json(json(value));
  return {
    empty: 'decided([true, false]);',
    engine: `import { loadEngine } from ${json(entry)};\nawait loadEngine();\ndecided([true, false]);`,
    plangate: `import { createPlangate } from ${json(entry)};
const gate = await createPlangate({ bootstrap: ${json(snapshot)}, logger: null });
${finish((key) => `gate.hasFeature(${key})`)}`,
    JSON: `const map = new Map(JSON.parse(${json(snapshot)}).entitlements.map((row) => [row.featureKey, row.hasAccess !== false]));
${finish((key) => `map.get(${key})`)}`,
    flagsmith: `import flagsmith from 'flagsmith${platform === 'node' ? '/isomorphic' : ''}';
const state = JSON.parse(${text({
      api: 'http://127.0.0.1:1/',
      environmentID: 'bench',
      flags: flagMap(({ allowed, config }) => ({ id: 1, enabled: allowed, value: config ? json(config) : null })),
    })});
await flagsmith.init({ environmentID: 'bench', state, preventFetch: true, cacheFlags: false, enableAnalytics: false });
${finish((key) => `flagsmith.hasFeature(${key})`)}`,
    growthbook: `import { GrowthBook } from '@growthbook/growthbook';
const payload = JSON.parse(${text({ features: flagMap(({ allowed }) => ({ defaultValue: allowed })) })});
const client = new GrowthBook({});
client.initSync({ payload });
${finish((key) => `client.isOn(${key})`)}`,
    launchdarkly: `import { createClient } from '@launchdarkly/js-client-sdk';
const data = JSON.parse(${text({
      ...flagMap(({ allowed }) => allowed),
      $flagsState: flagMap(() => ({ variation: 0, version: 1 })),
      $valid: true,
    })});
const offline = 'http://127.0.0.1:1';
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const client = createClient('bench', { kind: 'user', key: 'bench' }, { sendEvents: false, fetchGoals: false, diagnosticOptOut: true, streaming: false, logger, baseUri: offline, streamUri: offline, eventsUri: offline });
client.start({ bootstrap: data });
${finish((key) => `client.boolVariation(${key}, false)`)}`,
  };
}

const OWN = ['empty', 'engine', 'plangate', 'JSON'];

/** How a program ends: in Node it prints and leaves, in a page it leaves its word on globalThis. */
const endings = {
  node: `function decided(answer) {
  const ms = performance.now() - globalThis.begun;
  const { user, system } = process.cpuUsage();
  const told = JSON.stringify({ answer, ms, total: performance.now(), cpu: (user + system) / 1000 });
  process.stdout.write(told + '\\n', () => process.exit());
}`,
  browser: `function decided(answer) {
  globalThis.outcome = { answer, ms: performance.now() - globalThis.begun, total: performance.now() };
}`,
};

/** Installs the other SDKs beside the benchmarks' work, never into the project. */
async function others() {
  const folder = work('others');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{"private":true}\n');
  const flags = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  await must('npm', [...flags, ...OTHERS], { timeoutMs: 180_000 });
  return `${folder}/node_modules`;
}

/** Writes and bundles the programs of a platform; answers name -> file. */
export async function programFiles(platform, compare) {
  const nodePaths = compare ? [await others()] : [];
  const folder = work('cold', platform);
  mkdirSync(folder, { recursive: true });
  const entry = platform === 'node' ? PACKAGE : work('package', 'browser.js');
  const files = {};
  for (const [name, source] of Object.entries(programs(platform, entry))) {
    if (!compare && !OWN.includes(name)) continue;
    const file = `${folder}/${name}.source.mjs`;
    // `begun` is taken in a module of its own, which is evaluated before the SDK's.
    writeFileSync(`${folder}/begin.mjs`, 'globalThis.begun = performance.now();\n');
    writeFileSync(file, `import './begin.mjs';\n${source}\n${endings[platform]}\n`);
    files[name] = `${folder}/${name}.mjs`;
    await bundle({ entry: file, out: files[name], platform, nodePaths });
  }
  copyFileSync(work('package', 'plangate.wasm'), `${folder}/plangate.wasm`);
  // The same program in another page: lib/browser.mjs has the engine preloaded there.
  if (platform === 'browser') files.preloaded = files.plangate;
  return files;
}
