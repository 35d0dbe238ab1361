// How the demo is started wrongly, and what it says then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const SERVER = fileURLToPath(new URL('../../demo/server.mjs', import.meta.url));

async function start(...args: string[]): Promise<[number, string]> {
  const child = spawn(process.execPath, [SERVER, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number];
  return [code, said];
}

it('says in two lines what is wrong and what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const said = (pattern: RegExp) => expect.stringMatching(pattern) as string;
  expect(await start('--port', String(port))).toEqual([
    1,
    said(new RegExp(`^error: port ${port} is taken\n {2}do: .*--port 0.*\n$`)),
  ]);
  taken.close();
  expect(await start('--port', 'abc')).toEqual([2, said(/^error: --port is .*'abc'\n {2}do: .*\n$/)]);
  expect(await start('--colour')).toEqual([2, said(/^error: Unknown option '--colour'[^]*\n {2}do: .*\n$/)]);
});
