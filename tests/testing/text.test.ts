// What stands in where a test environment has no TextEncoder agrees with the real one.
import { afterEach, expect, it, vi } from 'vitest';
import fc from 'fast-check';

import { withText } from '../../js/testing/text.js';
import { seed } from '../support/seed.js';

const real = { Encoder: TextEncoder, Decoder: TextDecoder };
afterEach(() => vi.unstubAllGlobals());

it('fills in what is missing, alike to the byte', () => {
  vi.stubGlobal('TextEncoder', undefined);
  vi.stubGlobal('TextDecoder', undefined);
  const [Encoder, Decoder] = withText(() => [TextEncoder, TextDecoder] as const)(undefined);
  expect([Encoder === real.Encoder, Decoder === real.Decoder]).toEqual([false, false]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 40 }), (codes) => {
      const any = String.fromCodePoint(...codes);
      for (const text of [any, 'ünïcode 🎈', `${any}\ud800`, `\udc00${any}`]) {
        const bytes = new real.Encoder().encode(text);
        expect([...new Encoder().encode(text)]).toEqual([...bytes]);
        expect(new Decoder().decode(bytes)).toBe(new real.Decoder('utf-8', { ignoreBOM: true }).decode(bytes));
      }
    }),
    { numRuns: 200, seed },
  );
});

it('leaves alone what is there', () => {
  expect(withText(() => TextEncoder)(undefined)).toBe(real.Encoder);
});
