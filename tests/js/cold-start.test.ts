import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

const entry = new URL('../../dist/node.js', import.meta.url).href;
const program = `
const { createPlangate } = await import(${JSON.stringify(entry)});
const gate = await createPlangate({ bootstrap: '{"plangate":1,"asOf":0,"customer":"cus_1","source":"stripe","entitlements":[{"id":"ent_1","featureKey":"sso"}]}' });
console.log(JSON.stringify([gate.hasFeature('sso'), process.moduleLoadList.filter((name) => /undici/.test(name))]));
gate.dispose();`;

// It was most of a cold start in Node: the loader asked whether the bytes were a Response, which loads all of fetch.
it('answers from a list that is there without loading Node’s fetch', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  expect(JSON.parse(stdout)).toEqual([true, []]);
});
