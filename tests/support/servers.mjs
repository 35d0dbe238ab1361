// What the throw-away servers of the tests share: free ports, folders, ends by process id.

import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const PORTS_EACH = 3000;
/** Which of vitest's workers this is: their tests run at the same time, and each takes ports of its own. */
const FIRST_PORT = 11_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % 3) * PORTS_EACH;
const given = new Set();

/**
 * A port of 127.0.0.1 that nobody listens on. Below those that the system gives to connections and to who asks for any:
 * no other test gets it by chance before it is used.
 */
export async function freePort() {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS_EACH);
    if (given.has(port)) continue;
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    given.add(port);
    return port;
  }
}

/** Repeats `attempt` until it does not throw. */
export async function eventually(attempt, what, timeoutMs = 60_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what}: ${error?.message ?? error}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Whether a program can be started on this machine. */
export function hasProgram(path, args = ['--version']) {
  try {
    execFileSync(path, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** uid and gid to run a server as: this user's own, or, since servers refuse root, the named user's. */
export function serverIdentity(user) {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A child process that is ended by its own id, and whose output is kept for error messages. */
export class ServerProcess {
  constructor(command, args, options) {
    this.output = '';
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      // A character may come in two pieces.
      stream.setEncoding('utf8').on('data', (chunk) => {
        this.output = (this.output + chunk).slice(-8000);
      });
    }
  }

  async end(signal) {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.exited;
  }
}
