import type { Browser } from 'playwright-core';

export function startDemo(): Promise<{ url: string; billing: string; stop: () => Promise<void> }>;
export function startBrowser(): Promise<Browser>;
