/** A throw-away Redis on loopback. */
export interface Redis {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}
export const hasRedis: boolean;
export function startRedis(options?: { appendfsync?: string; cluster?: boolean }): Promise<Redis>;
