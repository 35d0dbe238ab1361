// Opens a page in Chromium and answers what it wrote into its title; console errors and policy violations fail.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function titleOf(url) {
  const profile = mkdtempSync(join(tmpdir(), 'plangate-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ARGUMENTS,
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
    await page.waitForFunction(() => document.title !== 'waiting', undefined, { timeout: 15_000 }).catch(() => {});
    if (errors.length > 0) throw new Error(`the page reports: ${errors.join('; ')}`);
    return await page.title();
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
