// Types of examples.mjs, for the tests in TypeScript.
import type { Block, Page } from './pages.mjs';

export interface Program {
  readonly name: string;
  readonly file: string;
  readonly run: boolean;
  readonly parts: Block[];
}
export function programFolder(): string;
export function programsOf(all: readonly Page[], folder: string): Program[];
export function writePrograms(programs: readonly Program[]): void;
export function typeErrors(programs: readonly Program[]): string[];
