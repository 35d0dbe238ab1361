// A throw-away Redis on a free loopback port.

import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, hasProgram, ServerProcess } from './servers.mjs';

/** Whether the Redis server is installed. */
export const hasRedis = hasProgram('redis-server');

/** Starts a Redis that keeps every write on disk before it answers. `stop` and `start` keep the data. */
export async function startRedis({ appendfsync = 'always' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-redis-'));
  const server = new Server(folder, await freePort(), appendfsync);
  await server.start();
  return server;
}

class Server {
  #process;

  constructor(folder, port, appendfsync) {
    this.folder = folder;
    this.port = port;
    this.appendfsync = appendfsync;
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start() {
    const settings = {
      bind: '127.0.0.1',
      port: String(this.port),
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      appendfsync: this.appendfsync,
      'maxmemory-policy': 'noeviction',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.#process = new ServerProcess('redis-server', args, { cwd: this.folder });
    const { child } = this.#process;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(this.#process.output);
      await this.#answers();
    }, 'Redis does not start');
  }

  /** SIGTERM is its orderly shutdown; SIGKILL is a crash. */
  async stop(signal = 'SIGTERM') {
    await this.#process?.end(signal);
  }

  async remove() {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** It listens while it still loads: only PONG says that it is ready. */
  async #answers() {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write('PING\r\n');
      const [reply] = await once(socket, 'data');
      if (!String(reply).startsWith('+PONG')) throw new Error(String(reply));
    } finally {
      socket.destroy();
    }
  }
}
