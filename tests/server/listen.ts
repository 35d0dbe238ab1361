// A plangate server on a loopback port, through the node:http adapter.
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

import { node } from '../../js/server/index.js';
import type { PlangateServer } from '../../js/server/index.js';

/** Listens until the test ends; answers the address. */
export async function listen(server: PlangateServer): Promise<string> {
  const http = createHttp(node(server).listener as never).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
