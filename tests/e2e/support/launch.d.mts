import type { Browser } from 'playwright-core';

export function startDemo(): Promise<{ url: string; stripe: string; paygentic: string; stop: () => Promise<void> }>;
export function startBrowser(): Promise<Browser>;
