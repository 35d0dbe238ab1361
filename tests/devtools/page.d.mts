export const POLICY: string;
export function snapshot(now?: number): object;
export function startPage(): Promise<{ url: string; stop: () => Promise<void> }>;
