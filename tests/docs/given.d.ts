// What the examples of the documentation take for granted: the application around them.

/** Shows something in the page. */
declare function showSso(): void;
declare function render(granted: readonly string[], revoked: readonly string[]): void;
declare function show(text: string): void;

/** The application's own data. */
declare function rowsOf(customer: string, signal: AbortSignal): Promise<{ featureKey: string }[]>;
declare function userOf(customer: string): Promise<string | null>;
declare const jobId: string;
declare const secrets: readonly string[];

/** A running server, as docs/server.md makes it, and what it is made of. */
declare const options: import('plangate/server').ServerOptions;
declare const server: import('plangate/server').PlangateServer;
declare const store: import('plangate/stores').Store;
declare const hooks: import('plangate/server').WebhookReceiver;
declare const request: Request;

/** Ed25519 keys. */
declare const privateJwk: JsonWebKey;
declare const publicJwk: JsonWebKey;

/** A component of the application. */
declare module '*.svelte' {
  const component: import('svelte').Component;
  export default component;
}
