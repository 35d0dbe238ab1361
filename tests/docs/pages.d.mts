// Types of pages.mjs, for the tests in TypeScript.
export interface Page {
  readonly name: string;
  readonly text: string;
}
export interface Block {
  readonly page: string;
  readonly index: number;
  readonly language: string;
  readonly marks: readonly string[];
  readonly line: number;
  readonly text: string;
}
export interface Link {
  readonly target: string;
  readonly line: number;
}
export function pages(): Page[];
export function blocksOf(page: Page): Block[];
export function anchorsOf(page: Page): Set<string>;
export function linksOf(page: Page): Link[];
