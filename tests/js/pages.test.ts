import { describe, expect, it } from 'vitest';

import { splitPages } from '../../js/client/pages.js';

const split = (text: string): string[] =>
  splitPages(new TextEncoder().encode(text)).map((page) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(page));

describe('given a body of pages', () => {
  it('takes an object as one page, byte for byte', () => {
    expect(split(' {"data":[1,2]} ')).toEqual([' {"data":[1,2]} ']);
  });

  it('cuts an array into its elements and changes no byte of them', () => {
    expect(split('[{"a":[1,{"b":2}]},{"n":1.50,"n":2}]')).toEqual(['{"a":[1,{"b":2}]}', '{"n":1.50,"n":2}']);
  });

  it('is not misled by brackets, commas and quotes inside strings', () => {
    const page = String.raw`{"t":"],[ \" \\","u":"\\\\"}`;
    expect(split(`\uFEFF [${page},${page}]\n`)).toEqual([page, page]);
  });

  it.each(['', '[', '[{}', '[{"a":"]', '[{}] x', '[{}]]', '"["', '[{}},{}]'])(
    'leaves %j whole for the core to refuse',
    (text) => {
      expect(split(text)).toEqual([text]);
    },
  );

  it('keeps the empty element of a stray comma, so that the core can refuse it', () => {
    expect(split('[{},]')).toEqual(['{}', '']);
  });
});
