// plangate/ssr: from a server's list to a page that hydrates without a flicker. The page is rendered from the very text that
// is handed over, at one moment, so that server and browser cannot disagree.
import type { PlangateClient } from '../client/api.js';
import { setRendered } from '../client/view.js';
import type { Clock } from '../client/clock.js';
import type { PlangateOptions } from '../client/options.js';

/** What a server renders a page from and hands over with it. Plain data: it may also be a framework's own payload. */
export interface PageState {
  /** The customer's list: plangate snapshot JSON, as text or parsed. Null: none could be read, everything denies. */
  readonly list: string | object | null;
  /** The moment (ms) that the page is rendered for. */
  readonly at: number;
}

const COMMON = [
  'merge',
  'unlimitedValue',
  'staleAfter',
  'expireAfter',
  'onExpired',
  'defaults',
  'overrides',
  'customer',
  'mode',
  'wasm',
  'wasmUrl',
] as const satisfies readonly (keyof PlangateOptions)[];

/** Options that decide answers: what server and page have to have in common. */
export type RenderOptions = Pick<PlangateOptions, (typeof COMMON)[number]>;

/** Takes a customer's list, of `server.for(customer)` or any client, for a page rendered at `at` (ms; default now). */
export function pageState(gate: { snapshot(): string | null }, at: number = Date.now()): PageState {
  return { list: gate.snapshot(), at };
}

const UNSAFE = /[<>&\u2028\u2029]/g;

/** Makes JSON safe inside a script element: nothing in it can end the element, begin a comment or break a script. */
const escaped = (json: string): string =>
  json.replace(UNSAFE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

const textOf = ({ list }: PageState): string => (typeof list === 'string' ? list : JSON.stringify(list));

/** The state as a JavaScript expression and JSON at once: `window.STATE = ${serialise(state)}` is safe inside a script. */
export const serialise = (state: PageState): string =>
  escaped(`{"at":${Math.trunc(state.at)},"list":${textOf(state)}}`);

const attribute = (text: string): string => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

/** Where the state is in the page, and the nonce of the page's Content-Security-Policy. */
export interface TagOptions {
  /** Id of the element; `plangate` unless told. */
  readonly id?: string;
  /** For policies that also want data blocks named; a browser does not execute this element. */
  readonly nonce?: string;
}

/** The state as an element for the page: data that no browser executes, so it passes a strict policy. */
export function stateTag(state: PageState, { id = 'plangate', nonce }: TagOptions = {}): string {
  const named = nonce === undefined ? '' : ` nonce="${attribute(nonce)}"`;
  return `<script type="application/json" id="${attribute(id)}"${named}>${serialise(state)}</script>`;
}

// The list is cut out, not parsed: the core reads the very text that the server rendered from.
const WRITTEN = /^{"at":(\d+),"list":(null|{.*})}$/s;

/** Reads what stateTag() wrote. Undefined: there is no such element, or it holds something else. */
export function readState(id = 'plangate', root: Pick<Document, 'getElementById'> = document): PageState | undefined {
  const [, at, list] = WRITTEN.exec(root.getElementById(id)?.textContent ?? '') ?? [];
  if (list === undefined) return undefined;
  return { at: Number(at), list: list === 'null' ? null : list };
}

const standing = (at: number): Clock => ({ now: () => at, setTimeout: () => 0, clearTimeout: () => {} });

/** Options of the client that stands still at the moment of rendering. */
function renderOptions({ list, at }: PageState, options: RenderOptions): PlangateOptions {
  const common = Object.fromEntries(COMMON.filter((name) => name in options).map((name) => [name, options[name]]));
  // No list is an empty one: refused, so that everything denies, and the same on both sides.
  return { ...common, bootstrap: list ?? '', clock: standing(at), logger: null };
}

/** Options of the page's own client. */
const liveOptions = ({ list }: PageState, options: PlangateOptions): PlangateOptions =>
  list === null ? options : { ...options, bootstrap: list };

/**
 * The client to render one request's page with, on the server: it stands still at the state's moment. `create` is
 * `createPlangateSync` of the entry that the server uses. Dispose of it when the page is rendered.
 */
export function renderClient(
  create: (options: PlangateOptions) => PlangateClient,
  state: PageState,
  options: RenderOptions = {},
): PlangateClient {
  return create(renderOptions(state, options));
}

/**
 * The page's client, beginning with the state: bindings hydrate with the answers the server rendered, then go on with the
 * client's own. `create` is `createPlangate`; the options are the client's, with those of the server's renderClient().
 */
export async function hydrate(
  create: (options: PlangateOptions) => Promise<PlangateClient>,
  state: PageState | undefined,
  options: PlangateOptions = {},
): Promise<PlangateClient> {
  if (!state) return create(options);
  const clients = [create(liveOptions(state, options)), create(renderOptions(state, options))] as const;
  const [gate, rendered] = await Promise.all(clients);
  return setRendered(gate, rendered);
}

/** The same without waiting; `create` is `createPlangateSync`, for example of plangate/inline. */
export function hydrateSync(
  create: (options: PlangateOptions) => PlangateClient,
  state: PageState | undefined,
  options: PlangateOptions = {},
): PlangateClient {
  if (!state) return create(options);
  return setRendered(create(liveOptions(state, options)), create(renderOptions(state, options)));
}

const clients = new WeakMap<PageState, PlangateClient>();

/**
 * For components that run on both sides (Next.js and the like): renderClient() on the server, hydrateSync() in the page,
 * once for each state however often a component renders. Nobody tells when a render is over, so the server's clients are
 * freed with their states, by the garbage collector.
 */
export function pageClient(
  create: (options: PlangateOptions) => PlangateClient,
  state: PageState,
  options: PlangateOptions = {},
): PlangateClient {
  let gate = clients.get(state);
  if (!gate) {
    gate = typeof document === 'undefined' ? renderClient(create, state, options) : hydrateSync(create, state, options);
    clients.set(state, gate);
  }
  return gate;
}
