/** See pages.mjs. */
export function blocksOf(page: { name: string; text: string }): {
  readonly page: string;
  readonly index: number;
  readonly language: string;
  readonly marks: readonly string[];
  readonly line: number;
  readonly text: string;
}[];
