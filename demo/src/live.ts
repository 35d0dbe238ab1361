// News of the customer's list: the server's event stream says that there is a new one, and the gate fetches it.
import type { PlangateClient } from 'plangate';

/** How the stream is. */
export type StreamState = 'connecting' | 'live' | 'lost';

/** One event stream, of one customer at a time. The browser connects again by itself. */
export class Live {
  #gate: PlangateClient;
  #told: (state: StreamState) => void;
  #source: EventSource | undefined;

  constructor(gate: PlangateClient, told: (state: StreamState) => void) {
    this.#gate = gate;
    this.#told = told;
  }

  /** Listens to another address. */
  follow(address: string): void {
    this.#source?.close();
    const source = new EventSource(address);
    this.#source = source;
    this.#told('connecting');
    source.addEventListener('snapshot', () => void this.#news(source));
    source.addEventListener('error', () => source === this.#source && this.#told('lost'));
  }

  async #news(source: EventSource): Promise<void> {
    await this.#gate.refresh();
    if (source === this.#source) this.#told('live');
  }
}
