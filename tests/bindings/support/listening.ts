// Counts who listens to a client: bindings may not leave listeners behind.
import { vi } from 'vitest';

import type { PlangateClient } from '../../../js/client/api.js';

/** How many are subscribed to `gate` now, counted from this call on. */
export function listeningTo(gate: Pick<PlangateClient, 'subscribe'>): () => number {
  let listening = 0;
  const subscribe = gate.subscribe.bind(gate);
  vi.spyOn(gate, 'subscribe').mockImplementation((listener) => {
    listening++;
    const stop = subscribe(listener);
    return () => (listening--, stop());
  });
  return () => listening;
}
