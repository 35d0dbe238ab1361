// A few fixed paths, as one Request -> Response function.

import { isServerError } from '../errors.js';
import { customerOf } from '../gates/decide.js';
import { webhooksOf } from '../options.js';
import type { ServerState } from '../state.js';
import type { WebhookReceiver } from '../webhooks/receiver.js';
import { entitlements } from './entitlements.js';
import { health, healthOf, metrics } from './health.js';
import type { HealthReport } from './health.js';
import { Ofrep, OFREP_STREAM } from './ofrep.js';
import { failureOf, problem, respond } from './problem.js';
import { Streams, tellList } from './stream.js';
import { receiverOf } from './webhooks.js';

type Handler = (request: Request, native: unknown, rest: string) => Promise<Response>;

interface Route {
  readonly name: string;
  readonly methods: readonly string[];
  readonly handle: Handler;
}

const READ = ['GET', 'HEAD'];
const OFREP = '/ofrep/v1/evaluate/flags';

/** Answers the server's own routes. */
export class Router {
  readonly #state: ServerState;
  readonly #base: string;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #streams: Streams;
  readonly receivers: ReadonlyMap<string, WebhookReceiver>;

  constructor(state: ServerState) {
    this.#state = state;
    this.#base = state.options.basePath ?? '';
    this.#streams = new Streams(state);
    const hooks = [...webhooksOf(state.options)];
    this.receivers = new Map(hooks.map(([provider, options]) => [provider, receiverOf(state, provider, options)]));
    this.#routes = this.#table();
  }

  /** Answers, or null where the path is none of ours. Never rejects. */
  async route(request: Request, native?: unknown): Promise<Response | null> {
    const { pathname } = new URL(request.url);
    const found = this.find(pathname);
    if (!found) return null;
    const { route, rest } = found;
    const response = await this.#answer(route, request, native, rest);
    this.#state.metrics.count('plangate_requests_total', { route: route.name, status: String(response.status) });
    return response;
  }

  /** The route of a path. */
  find(pathname: string): { readonly route: Route; readonly rest: string } | undefined {
    if (!pathname.startsWith(`${this.#base}/`)) return undefined;
    const path = pathname.slice(this.#base.length);
    const exact = this.#routes.get(path);
    if (exact) return { route: exact, rest: '' };
    const flag = path.startsWith(`${OFREP}/`) ? this.#routes.get(`${OFREP}/`) : undefined;
    return flag && { route: flag, rest: path.slice(OFREP.length + 1) };
  }

  health(): Promise<HealthReport> {
    return healthOf(this.#state, this.#streams.size);
  }

  close(): void {
    this.#streams.close();
  }

  async #answer(route: Route, request: Request, native: unknown, rest: string): Promise<Response> {
    if (!route.methods.includes(request.method)) {
      return problem(405, 'METHOD_NOT_ALLOWED', {}, { allow: route.methods.join(', ') });
    }
    try {
      return await this.#inTime(route.handle(request, native, rest));
    } catch (error) {
      if (!isServerError(error) || error.code === 'INVALID_OPTION') this.#state.report(`${route.name} failed`, error);
      return respond(failureOf(error));
    }
  }

  /** What is late goes on behind: a webhook that was kept meanwhile is a duplicate when it is sent again. */
  async #inTime(answer: Promise<Response>): Promise<Response> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Response>((resolve) => {
      timer = setTimeout(() => {
        resolve(problem(503, 'UNAVAILABLE'));
        // Nobody will read it: a stream would stay open.
        answer.then(({ body }) => body?.cancel()).catch(() => undefined);
      }, this.#state.options.requestTimeoutMs ?? 30_000);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #table(): Map<string, Route> {
    const state = this.#state;
    const ofrep = new Ofrep(state);
    const forCustomer =
      (handle: (request: Request, customer: string) => Promise<Response>): Handler =>
      async (request, native) => {
        const customer = await customerOf(state, request, native);
        return customer === null ? problem(401, 'UNAUTHENTICATED') : handle(request, customer);
      };
    const list = forCustomer((request, customer) => entitlements(state, request, customer));
    const [lists, answers] = [tellList(state), ofrep.telling];
    const stream = forCustomer((request, customer) => this.#streams.open(request, customer, lists));
    const news = forCustomer((request, customer) => this.#streams.open(request, customer, answers));
    const metricsFor = async (request: Request): Promise<Response> => {
      const allowed = (await state.options.metricsAllowed?.(request)) ?? true;
      return allowed ? metrics(state, this.#streams.size, this.receivers) : problem(403, 'FORBIDDEN');
    };
    const routes: [string, Route][] = [
      ['/entitlements', { name: 'entitlements', methods: READ, handle: list }],
      ['/entitlements/stream', { name: 'stream', methods: ['GET'], handle: stream }],
      ['/healthz', { name: 'healthz', methods: READ, handle: () => health(state, this.#streams.size) }],
      ['/metrics', { name: 'metrics', methods: READ, handle: metricsFor }],
      [OFREP_STREAM, { name: 'ofrep/stream', methods: ['GET'], handle: news }],
      [OFREP, { name: 'ofrep', methods: ['POST'], handle: (request, native) => ofrep.all(request, native) }],
      [
        `${OFREP}/`,
        { name: 'ofrep', methods: ['POST'], handle: (request, native, key) => ofrep.one(request, native, key) },
      ],
    ];
    for (const [provider, receiver] of this.receivers) {
      const handle: Handler = (request) => receiver.handle(request);
      routes.push([`/webhooks/${provider}`, { name: `webhooks/${provider}`, methods: ['POST'], handle }]);
    }
    return new Map(routes);
  }
}
