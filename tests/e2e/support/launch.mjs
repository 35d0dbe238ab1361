// Starts the demo for the browser tests and the screenshots: its server on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../../demo/server.mjs', import.meta.url));

/** Starts the demo as `npm run demo` does. Answers its address, the two billing systems' and what stops it. */
export async function startDemo() {
  const child = spawn(process.execPath, [SERVER, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let said = '';
  const [url, stripe, paygentic] = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+\//g);
      if (found && found.length > 2) resolve(found);
    });
    exited.then(([code]) => reject(new Error(`The demo ended with ${code}: ${said}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, stripe, paygentic, stop };
}
