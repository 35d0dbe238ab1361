// Everything that changes, as server-sent events: for the dashboard, and for tests that wait.

import type { Kept, ProviderState } from '../state/state.js';

const HEARTBEAT_MS = 15_000;
/** A reader that is this far behind is let go: it comes back, and reads anew. */
const MAX_BEHIND = 1000;

/** A stream of `change` events until the reader goes. Each has what a request did: commands, changes, documents. */
export function liveStream(state: ProviderState, request: Request): Response {
  const encoder = new TextEncoder();
  let stop = (): void => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string): void => {
          if ((controller.desiredSize ?? 0) < -MAX_BEHIND) return stop();
          controller.enqueue(encoder.encode(text));
        };
        const unsubscribe = state.onKept((kept) => send(`event: change\ndata: ${JSON.stringify(told(kept))}\n\n`));
        const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS);
        heartbeat.unref();
        stop = () => {
          unsubscribe();
          clearInterval(heartbeat);
          request.signal.removeEventListener('abort', stop);
          try {
            controller.close();
          } catch {
            // The reader has closed it already.
          }
        };
        request.signal.addEventListener('abort', stop);
        send(`event: hello\ndata: ${JSON.stringify({ now: state.clock.now() })}\n\n`);
      },
      cancel: () => stop(),
    },
    { highWaterMark: 64 },
  );
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' },
  });
}

/** What readers need to know what to read again. */
function told({ now, commands, changes, documents, replaced }: Kept): object {
  return {
    now,
    replaced,
    commands: commands.map((command) => ({ do: command.do, id: command.id })),
    changes: changes.map(({ at, kind, customer, ...rest }) => ({
      at,
      kind,
      customer,
      ...('subscription' in rest && { subscription: rest.subscription }),
      ...('featureKey' in rest && { featureKey: rest.featureKey }),
    })),
    documents: documents.filter(({ kind }) => kind !== 'setting'),
  };
}
