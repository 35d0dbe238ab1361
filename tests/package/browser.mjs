// Opens a page in Chromium and answers what it wrote into its title; console errors and policy violations fail.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { chromiumFlags, chromiumPath } from '../support/chromium.mjs';

export async function titleOf(url) {
  const profile = mkdtempSync(join(tmpdir(), 'plangate-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    args: chromiumFlags,
  });
  const errors = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    // A browser asks for /favicon.ico on its own; nothing else may be missing.
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) errors.push(message.text());
    });
    await page.goto(url);
    await page.waitForFunction(() => document.title !== 'waiting', undefined, { timeout: 60_000 }).catch(() => {});
    if (errors.length > 0) throw new Error(`the page reports: ${errors.join('; ')}`);
    return await page.title();
  } finally {
    await context.close();
    // Processes of the browser may still write there.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
