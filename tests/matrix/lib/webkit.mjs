// A page in WebKitGTK, by WebDriver's own protocol, on a display that nobody sees.
import { once } from 'node:events';
import { spawn } from 'node:child_process';

import { eventually, freePort, ServerProcess } from '../../support/servers.mjs';

/** Starts Xvfb on a free display; answers its name. */
async function startDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '1', '-nolisten', 'tcp'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(server, 'close');
  const [line] = await Promise.race([
    once(server.stdout, 'data'),
    closed.then(() => Promise.reject(new Error('Xvfb did not start'))),
  ]);
  const end = async () => {
    server.kill('SIGTERM');
    await closed;
  };
  return { name: `:${String(line).trim()}`, end };
}

/** One WebDriver command; throws the driver's error. */
async function command(base, method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(new URL(path, base), {
    method,
    ...(body && { headers, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`WebDriver ${path}: ${value.error} ${value.message}`);
  return value;
}

/** Opens the page; answers its title once it is another than `waiting`, and the browser's version. */
async function open(base, url) {
  const { sessionId, capabilities } = await command(base, 'POST', 'session', { capabilities: {} });
  try {
    await command(base, 'POST', `session/${sessionId}/url`, { url });
    const title = await eventually(async () => {
      const now = await command(base, 'GET', `session/${sessionId}/title`);
      if (now === 'waiting' || now === '') throw new Error(`its title is "${now}"`);
      return now;
    }, 'the page in WebKitGTK');
    return { title, version: capabilities.browserVersion };
  } finally {
    await command(base, 'DELETE', `session/${sessionId}`);
  }
}

/** The title that the page gives itself in WebKitGTK. */
export async function titleInWebKit(url) {
  const display = await startDisplay();
  const port = await freePort();
  const env = { ...process.env, DISPLAY: display.name, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' };
  const driver = new ServerProcess('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { env });
  const base = `http://127.0.0.1:${port}/`;
  try {
    await eventually(() => command(base, 'GET', 'status'), 'WebKitWebDriver');
    return await open(base, url);
  } catch (error) {
    throw new Error(`${error.message}\n${driver.output}`, { cause: error });
  } finally {
    await driver.end('SIGTERM');
    await display.end();
  }
}
