// Reads server-sent events as a browser does.

/** One event. */
export interface SentEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/** An open stream. */
export class EventReader {
  readonly events: SentEvent[] = [];
  comments = 0;
  ended = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
    void this.#read();
  }

  /** The features allowed by plain rows in the latest snapshot. */
  get latest(): string[] {
    const last = this.events.filter(({ event }) => event === 'snapshot').at(-1);
    const { entitlements } = JSON.parse(last?.data ?? '{"entitlements":[]}') as {
      entitlements: { featureKey: string }[];
    };
    return entitlements.map(({ featureKey }) => featureKey);
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) {
        const blocks = (rest + decoder.decode(part.value, { stream: true })).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // The connection broke.
    }
    this.ended = true;
  }

  #take(block: string): void {
    if (block.startsWith(':')) this.comments += 1;
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    if (fields['data'] === undefined) return;
    const { id, event = 'message', data } = fields;
    this.events.push({ event, data, ...(id !== undefined && { id }) });
  }
}
