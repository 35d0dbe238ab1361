/** A throw-away PostgreSQL on loopback. */
export interface Cluster {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}
export const hasPostgres: boolean;
export function startPostgres(): Promise<Cluster>;
