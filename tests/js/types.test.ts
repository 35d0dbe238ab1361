import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { typeCheck } from '../support/tsc.js';

describe('given the public types', () => {
  // Two programs, because a declaration of features holds for the whole program it is in.
  it.each(['typed', 'untyped'])('features that are %s allow and refuse what they should', async (program) => {
    expect(await typeCheck(fileURLToPath(new URL(`types/${program}`, import.meta.url)))).toEqual(['', 0]);
  });
});
