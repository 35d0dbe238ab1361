// OFREP's event streams: OpenFeature's own web provider hears of a change and asks again, without polling.
import { readFileSync } from 'node:fs';

import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature } from '@openfeature/web-sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';

import type { ServerOptions } from '../../js/server/index.js';
import { Billing, CATALOGUE, makeServer, until } from './harness.js';
import { listen } from './listen.js';

const COOKIE = { cookie: 'session=cus_1' };
const specification = parse(readFileSync(new URL('./conformance/ofrep-openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(specification, 'ofrep');

/** As a browser's, with its session's cookie: as much of it as the provider uses. */
class CookieEventSource extends EventTarget {
  static readonly open = new Set<CookieEventSource>();
  readyState = 0;
  readonly #abort = new AbortController();

  constructor(url: string) {
    super();
    CookieEventSource.open.add(this);
    void this.#read(url).catch(() => undefined);
  }

  close(): void {
    this.readyState = 2;
    this.#abort.abort();
    CookieEventSource.open.delete(this);
  }

  async #read(url: string): Promise<void> {
    const response = await fetch(url, { headers: COOKIE, signal: this.#abort.signal });
    this.readyState = response.ok ? 1 : 2;
    this.dispatchEvent(new Event(response.ok ? 'open' : 'error'));
    let rest = '';
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (rest + part.value).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) this.dispatchEvent(new MessageEvent('message', { data }));
      }
    }
  }
}

async function start(billing: Billing, options: Partial<ServerOptions> = {}) {
  const server = makeServer(billing, {
    ...options,
    customer: (request) => /session=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? null,
    ofrep: { apiKeys: ['key'] },
  });
  await server.ready();
  return { server, url: await listen(server) };
}

const evaluate = (url: string, headers: Record<string, string>) =>
  fetch(`${url}/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ context: { targetingKey: 'cus_1' } }),
  }).then((response) => response.json());

test('the web provider asks again when it is told to: at a new list, and when time changes one', async () => {
  vi.stubGlobal('EventSource', CookieEventSource);
  onTestFinished(() => void vi.unstubAllGlobals());
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  // Stands still until it is told: nothing ends before it was seen.
  let now = Date.now();
  const { server, url } = await start(billing, { clock: () => now });
  const fetchImplementation: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    request.headers.set('cookie', COOKIE.cookie);
    return fetch(request);
  };
  const options = { baseUrl: url, fetchImplementation, changeDetection: 'sse' as const, pollInterval: 0 };
  await OpenFeature.setContext({ targetingKey: 'cus_1' });
  await OpenFeature.setProviderAndWait(new OFREPWebProvider(options));
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient();
  expect(client.getBooleanValue('reports', false)).toBe(false);
  await until(() => [...CookieEventSource.open].some(({ readyState }) => readyState === 1));
  const end = now + 500;
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports', activeTo: end });
  await server.refresh('cus_1');
  await until(() => client.getBooleanValue('reports', false));
  now = end;
  await until(() => !client.getBooleanValue('reports', true));
});

test('a session by cookie is told of the stream; backends with a key and sessions by header are not', async () => {
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  const { url } = await start(billing);
  const answer = await evaluate(url, COOKIE);
  expect(ajv.validate('ofrep#/components/schemas/eventStream', answer.eventStreams[0]), ajv.errorsText()).toBe(true);
  expect(answer.eventStreams).toEqual([{ type: 'sse', endpoint: { requestUri: '/ofrep/v1/stream' } }]);
  expect((await evaluate(url, { 'x-api-key': 'key' })).eventStreams).toBeUndefined();
  expect((await fetch(`${url}/ofrep/v1/stream`)).status).toBe(401);
});

test('its events are what the schema says, one for each change of the answers', async () => {
  const billing = new Billing();
  const { server, url } = await start(billing);
  const response = await fetch(`${url}/ofrep/v1/stream`, { headers: COOKIE });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  })();
  const events = () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as { etag: string });
  await until(() => events().length === 1);
  await server.refresh('cus_1'); // the same list again
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  await server.refresh('cus_1');
  await until(() => events().length === 2);
  for (const event of events()) {
    expect(ajv.validate('ofrep#/components/schemas/sseEventData', event), ajv.errorsText()).toBe(true);
    expect(event).toMatchObject({ type: 'refetchEvaluation' });
  }
  const [before, after] = events();
  expect(after!.etag).not.toBe(before!.etag);
  await reader.cancel();
  await reading.catch(() => undefined);
});
