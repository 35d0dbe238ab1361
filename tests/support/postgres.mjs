// A throw-away PostgreSQL cluster on a free loopback port.

import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, hasProgram, serverIdentity, ServerProcess } from './servers.mjs';

function binFolder() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.length > 0 ? join(root, versions[0], 'bin') : '';
}

const bin = binFolder();

/** Whether PostgreSQL's server programs are installed. */
export const hasPostgres = hasProgram(join(bin, 'initdb'));

/** Makes a cluster and starts it. `stop` and `start` keep the data; `remove` ends and deletes everything. */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-postgres-'));
  const identity = serverIdentity('postgres');
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const options = { ...identity, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  const data = join(folder, 'data');
  // An empty cluster need not survive a power cut; what is written to it later is synced as ever.
  const settings = ['-U', 'plangate', '-A', 'trust', '-E', 'UTF8', '--no-instructions', '--no-sync'];
  execFileSync(join(bin, 'initdb'), ['-D', data, ...settings], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const cluster = new Cluster(folder, data, await freePort(), options);
  await cluster.start();
  return cluster;
}

class Cluster {
  #process;

  constructor(folder, data, port, options) {
    this.folder = folder;
    this.data = data;
    this.port = port;
    this.options = options;
    this.url = `postgres://plangate@127.0.0.1:${port}/postgres`;
  }

  async start() {
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '60' };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#process = new ServerProcess(
      join(bin, 'postgres'),
      ['-D', this.data, '-p', String(this.port), ...args],
      this.options,
    );
    const { child } = this.#process;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(this.#process.output);
      await this.#answers();
    }, 'PostgreSQL does not start');
  }

  /** SIGINT is its fast shutdown; SIGQUIT ends it at once, without a checkpoint, as a crash does. */
  async stop(signal = 'SIGINT') {
    await this.#process?.end(signal);
  }

  async remove() {
    await this.stop('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** It listens before it is ready: only a session says that it is. */
  async #answers() {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => {});
    await client.connect();
    await client.end();
  }
}
