// Small helpers around streams and timers, in Web standards.

/**
 * Reads a body whole. Undefined when it has more than `maxBytes`: counted after decompression and while it arrives, so
 * that a small compressed body cannot fill the memory.
 */
export async function readCapped(message: Request | Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = message.body?.getReader();
  if (!reader) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
  return concatBytes(chunks, size);
}

/** Several byte arrays as one. */
export function concatBytes(chunks: readonly Uint8Array[], size = chunks.reduce((sum, { length }) => sum + length, 0)) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** A timer that also ends with another signal. */
export interface Timer {
  /** Aborts when the time is up, or `outer` aborts. */
  readonly signal: AbortSignal;
  /** Resolves at that moment. */
  readonly done: Promise<void>;
  /** Whether it was the time that ended it. */
  expired(): boolean;
  /** Must be called: lets go of `outer` and of the process. */
  clear(): void;
}

/** setTimeout takes more than this for zero. */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Starts a timer. AbortSignal.any would do, but leaks listeners on long-lived signals in early Node 20. */
export function withTimeout(ms: number, outer: AbortSignal | undefined): Timer {
  const controller = new AbortController();
  let expired = false;
  let settle: () => void;
  const done = new Promise<void>((resolve) => (settle = resolve));
  const end = (): void => {
    controller.abort();
    settle();
  };
  const id = setTimeout(
    () => {
      expired = true;
      end();
    },
    Math.min(ms, LONGEST_TIMEOUT_MS),
  );
  outer?.addEventListener('abort', end, { once: true });
  if (outer?.aborted) end();
  return {
    signal: controller.signal,
    done,
    expired: () => expired,
    clear: () => {
      clearTimeout(id);
      outer?.removeEventListener('abort', end);
    },
  };
}
