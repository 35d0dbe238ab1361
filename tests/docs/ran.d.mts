// Types of ran.mjs, for the tests in TypeScript.
import type { Block } from './pages.mjs';

export function ran(block: Block): Block;
export function blocksOn(name: string): Block[];
export function blockWith(name: string, has: string): Block;
export function example(name: string, has: string): Block;
export function notes<T>(
  work: (env: Record<string, string>) => Promise<T>,
): Promise<{ result: T; has(block: Block): boolean }>;
