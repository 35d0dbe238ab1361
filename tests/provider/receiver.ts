// A webhook endpoint on a free port that keeps what it is sent, and answers as it is told.
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

import { WAIT_MS } from '../support/patience.js';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Statuses of the next answers; 200 after them. 0: the connection is cut. */
  readonly answers: number[];
  /** The body of its answers. */
  says: string;
  /** Resolves when so many deliveries have come. */
  seen(count: number): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      const status = answers.shift() ?? 200;
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end(receiver.says);
      server.emit('received');
    });
  });
  const seen = async (count: number): Promise<void> => {
    while (received.length < count) await once(server, 'received', { signal: AbortSignal.timeout(WAIT_MS) });
  };
  const receiver = { url: '', received, answers, says: '{}', seen };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
}
