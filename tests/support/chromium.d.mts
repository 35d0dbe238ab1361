import type { Browser } from 'playwright-core';

export const chromiumPath: string;
export const chromiumFlags: string[];
export function startBrowser(): Promise<Browser>;
