import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { fetchList } from '../../js/client/fetcher.js';
import { readOptions } from '../../js/client/options.js';
import type { PlangateOptions } from '../../js/client/options.js';

const servers: Server[] = [];

/** A real server on loopback; the address to ask. */
function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/e`)),
  );
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const get = (
  options: PlangateOptions,
  customer: string | null = null,
  controller = new AbortController(),
): Promise<string> =>
  fetchList(readOptions({ logger: null, ...options }), customer, controller).then(({ body }) =>
    new TextDecoder().decode(body),
  );

describe('given a server', () => {
  it('brings the body byte for byte, however it is cut', async () => {
    const url = await serve((_, answer) => {
      answer.write('{"a":');
      setTimeout(() => answer.end('"ü"}'), 20);
    });
    expect(await get({ url })).toBe('{"a":"ü"}');
  });

  it('brings an empty body', async () => {
    const url = await serve((_, answer) => answer.end());
    expect(await get({ url })).toBe('');
  });

  it.each([301, 401, 403, 404, 429, 500, 503])('tells status %i', async (status) => {
    const url = await serve((_, answer) => answer.writeHead(status).end('{}'));
    await expect(get({ url })).rejects.toMatchObject({ code: 'HTTP_STATUS', status });
  });

  it('gives up a server that is silent, also in the middle of the body', async () => {
    const silent = await serve(() => {});
    await expect(get({ url: silent, timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const slow = await serve((_, answer) => answer.write('{'));
    await expect(get({ url: slow, timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('gives up a fetch that ignores its signal', async () => {
    const deaf = (): Promise<Response> => new Promise(() => {});
    await expect(get({ url: '/e', fetch: deaf, timeoutMs: 20 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(get({ url: '/e', fetch: deaf }, null, controller)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('stops reading where the cap is, and takes what is just as large', async () => {
    let sent = 0;
    const url = await serve((_, answer) => {
      const push = (): void => {
        while (!answer.destroyed && sent < 50_000_000 && answer.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      answer.on('drain', push);
      push();
    });
    await expect(get({ url, maxBytes: 100_000 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(sent).toBeLessThan(20_000_000);
    const exact = await serve((_, answer) => answer.end('12345'));
    expect(await get({ url: exact, maxBytes: 5 })).toBe('12345');
    await expect(get({ url: exact, maxBytes: 4 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('caps bodies of a host without streams', async () => {
    const bare = (): Promise<Response> =>
      Promise.resolve({
        ok: true,
        status: 200,
        headers: new Headers(),
        body: null,
        arrayBuffer: async () => new ArrayBuffer(9),
      } as Response);
    expect(await get({ url: '/e', fetch: bare })).toHaveLength(9);
    await expect(get({ url: '/e', fetch: bare, maxBytes: 8 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('says when nobody is there', async () => {
    const url = await serve(() => {});
    const server = servers.pop()!;
    await new Promise((resolve) => server.close(resolve));
    await expect(get({ url })).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  });

  it('sends headers, asked anew for each request, and the customer to a url function', async () => {
    const seen: unknown[] = [];
    const url = await serve(({ url: path, headers }, answer) => {
      seen.push([path, headers.authorization, headers.accept]);
      answer.end('{}');
    });
    let token = 0;
    const options: PlangateOptions = {
      url: (customer) => `${url}?c=${customer}`,
      headers: async () => ({ authorization: `Bearer ${++token}` }),
    };
    await get(options, 'cus_1');
    await get(options, 'cus_2');
    expect(seen).toEqual([
      ['/e?c=cus_1', 'Bearer 1', 'application/json'],
      ['/e?c=cus_2', 'Bearer 2', 'application/json'],
    ]);
  });

  it('names only the members of the request that were asked for', async () => {
    const seen: string[][] = [];
    const spy = async (_: unknown, init?: RequestInit): Promise<Response> => {
      seen.push(Object.keys(init!).sort());
      return new Response('{}');
    };
    await get({ url: '/e', fetch: spy });
    await get({ url: '/e', fetch: spy, credentials: 'include' });
    expect(seen).toEqual([
      ['headers', 'signal'],
      ['credentials', 'headers', 'signal'],
    ]);
  });

  it('refuses secret keys that functions bring in, before anything is sent', async () => {
    const never = (): Promise<Response> => expect.unreachable('it was sent');
    const cases: PlangateOptions[] = [
      { url: () => '/e?key=sk_live_1', fetch: never },
      { url: '/e', headers: () => ({ authorization: 'Bearer rk_test_1' }), fetch: never },
    ];
    for (const options of cases) await expect(get(options)).rejects.toMatchObject({ code: 'SECRET_KEY_IN_CLIENT' });
  });

  it('takes a header function that throws as a failed request', async () => {
    const headers = (): never => {
      throw new Error('no token');
    };
    await expect(get({ url: '/e', headers })).rejects.toMatchObject({
      code: 'NETWORK_ERROR',
      message: 'no token (NETWORK_ERROR)',
    });
  });
});
