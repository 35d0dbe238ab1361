// Runs a worker in workerd, the runtime of Cloudflare Workers, and answers the body of one request.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

import { path } from '../../tools/lib/process.mjs';

/** `object`: the class of a Durable Object that the worker exports, bound as ENTITLEMENTS. */
const configOf = (wasm, object) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "worker.js", esModule = embed "worker.js"),
      (name = "${wasm}", wasm = embed "${wasm}"),
    ],
    ${object ? objectOf(object) : ''}
    compatibilityDate = "2025-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);
`;

const objectOf = (name) => `
    durableObjectNamespaces = [(className = "${name}", uniqueKey = "tests")],
    durableObjectStorage = (inMemory = void),
    bindings = [(name = "ENTITLEMENTS", durableObjectNamespace = "${name}")],`;

/** Starts workerd on a free port; calls `work` with the address. */
async function withWorkerd(config, work) {
  const child = spawn(path('node_modules', 'workerd', 'bin', 'workerd'), ['serve', config, '--control-fd=1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own: the npm package's program may be a script that starts the real one
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += chunk));
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    const port = await new Promise((resolve, reject) => {
      child.on('error', reject);
      ended.then(() => reject(new Error(`workerd stopped: ${complaints}`)));
      createInterface(child.stdout).on('line', (line) => {
        const message = JSON.parse(line);
        if (message.event === 'listen') resolve(message.port);
      });
    });
    return await work(`http://127.0.0.1:${port}/`);
  } finally {
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
}

/**
 * Runs a worker and calls `work` with its address. The worker is one bundled module; the wasm is handed over as a compiled
 * module, the only way workerd allows.
 */
export async function withWorker(folder, { script, wasm, object }, work) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'worker.js'), script);
  copyFileSync(wasm, join(folder, basename(wasm)));
  writeFileSync(join(folder, 'config.capnp'), configOf(basename(wasm), object));
  return withWorkerd(join(folder, 'config.capnp'), work);
}

/** The body of one request's answer. */
export function answerOfWorker(folder, worker) {
  return withWorker(folder, worker, async (url) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    return response.text();
  });
}
