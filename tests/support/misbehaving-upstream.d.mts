// Types of misbehaving-upstream.mjs, for the tests in TypeScript.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

type Json = { [member: string]: unknown };
export interface ListOptions {
  most?: number;
  pagination?: boolean;
}
export type List = (url: URL, options?: ListOptions) => Json | undefined;
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  page(options?: ListOptions): Json | undefined;
  honest(options?: ListOptions): void;
}
export type Behaviour = (call: Call) => unknown;
export interface MisbehavingUpstream {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly requests: { method: string; path: string; query: URLSearchParams; headers: IncomingHttpHeaders }[];
  readonly connections: number;
  behave: Behaviour;
  close(): Promise<void>;
}
type Headers = Record<string, string>;

export const recorded: { stripe: Record<string, Json>; paygentic: Record<'second' | 'third', Record<string, Json>> };
export function stripeRows(count: number, options?: { livemode?: boolean; prefix?: string }): Json[];
export function paygenticRows(
  count: number,
  options?: { generation?: 'second' | 'third'; customer?: string; prefix?: string },
): Json[];
export function stripeList(rows: Json[], url: URL, options?: ListOptions): Json;
export function paygenticList(rows: Json[], url: URL, options?: ListOptions): Json;
export function send(response: ServerResponse, value: unknown, status?: number, headers?: Headers): void;
export const behaviours: {
  honest(): Behaviour;
  pagesOf(most: number): Behaviour;
  repeatsCursor(): Behaviour;
  claimsMore(): Behaviour;
  stalls(): Behaviour;
  stallsMidBody(): Behaviour;
  cutsMidBody(): Behaviour;
  cutsQuietly(): Behaviour;
  hangsUp(): Behaviour;
  status(status: number, headers?: Headers, body?: unknown): Behaviour;
  html(status?: number): Behaviour;
  gzip(): Behaviour;
  gzipBomb(bytes: number): Behaviour;
  redirects(to: string, status?: number): Behaviour;
  inTurn(first: Behaviour[], after?: Behaviour): Behaviour;
};
export function misbehavingUpstream(options: { list: List; behave?: Behaviour }): Promise<MisbehavingUpstream>;
export function stripeAccount(account: {
  customers?: Record<string, Json[]>;
  features?: Json[];
  products?: Json[];
  prices?: Json[];
  attachments?: Record<string, Json[]>;
}): List;
