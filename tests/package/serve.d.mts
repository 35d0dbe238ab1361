/** Serves a folder on loopback, under the strict policy. */
export function serve(folder: string): Promise<{ url: string; close(): Promise<void> }>;
