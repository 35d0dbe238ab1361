import type { Page } from './page.js';

/** Options of live(). Times in ms. */
export interface LiveOptions {
  /**
   * Where the server streams lists: below the list's own address at `/stream` unless told (plangate/server serves it
   * there). False: no stream.
   */
  stream?: boolean | string | URL | ((customer: string | null) => string | URL);
  /** Fetches when the page is looked at again; true unless told. */
  focus?: boolean;
  /** Fetches when the device is connected again; true unless told. */
  online?: boolean;
  /** Fetches so often while the page is visible. Only if told. */
  intervalMs?: number;
  /** Two requests that nobody asked for are at least so far apart; 5,000 unless told. */
  gapMs?: number;
  /** After failures it waits twice as long each time, up to this; 300,000 unless told. */
  longestMs?: number;
  /** One request serves all tabs of a customer, and one stream; true unless told. */
  tabs?: boolean;
  /** Tells sessions apart where the client is given no `customer`. Without either, each tab is alone. */
  key?: string;
  /** A stream that is silent for longer is opened anew; 45,000 unless told. */
  silenceMs?: number;
  /** Instead of the client's `fetch`, for the stream: it must answer before the body has ended. */
  fetch?: typeof fetch;
  /** Looks at every streamed list before it is used, and rejects to refuse it: see verifySnapshot of plangate/signed. */
  verify?: (snapshot: string, signature: string | null) => Promise<unknown>;
  /** The page, for tests and unusual hosts. */
  page?: Page;
}
