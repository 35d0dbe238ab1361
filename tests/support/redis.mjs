// A throw-away Redis on a free loopback port.

import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, hasProgram, ServerProcess } from './servers.mjs';

/** Whether the Redis server is installed. */
export const hasRedis = hasProgram('redis-server');

/**
 * Starts a Redis that keeps every write on disk before it answers. `stop` and `start` keep the data. With `cluster`, it is
 * a cluster of one node that has all slots.
 */
export async function startRedis({ appendfsync = 'always', cluster = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-redis-'));
  const port = await freePort();
  const node = {
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
    'cluster-port': String(await freePort()),
  };
  const server = new Server(folder, port, { appendfsync, ...(cluster ? node : {}) });
  await server.start();
  if (cluster) await eventually(() => server.ask('CLUSTER ADDSLOTSRANGE 0 16383', '+OK'), 'no cluster', 2000);
  if (cluster) await eventually(() => server.ask('CLUSTER INFO', 'cluster_state:ok'), 'the cluster is not ready');
  return server;
}

class Server {
  #process;

  constructor(folder, port, settings) {
    this.folder = folder;
    this.port = port;
    this.settings = settings;
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start() {
    const settings = {
      bind: '127.0.0.1',
      port: String(this.port),
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
      ...this.settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.#process = new ServerProcess('redis-server', args, { cwd: this.folder });
    const { child } = this.#process;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(this.#process.output);
      // It listens while it still loads: only PONG says that it is ready.
      await this.ask('PING', '+PONG');
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

  /** Sends one command; throws unless the answer has this in it. */
  async ask(command, expected) {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(`${command}\r\n`);
      const [reply] = await once(socket, 'data');
      if (!String(reply).includes(expected)) throw new Error(String(reply));
    } finally {
      socket.destroy();
    }
  }
}
