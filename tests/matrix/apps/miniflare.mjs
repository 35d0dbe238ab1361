// Runs ./worker in Miniflare and prints its answer.
import { Miniflare } from 'miniflare';

const miniflare = new Miniflare({
  rootPath: 'worker',
  scriptPath: 'worker.js',
  modules: true,
  modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
  compatibilityDate: '2026-01-01',
});
try {
  const response = await miniflare.dispatchFetch('http://localhost/');
  console.log(await response.text());
} finally {
  await miniflare.dispose();
}
