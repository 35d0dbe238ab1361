import { describe, expect, it, vi } from 'vitest';

import { readOptions, validateCustomer } from '../../js/client/options.js';
import type { PlangateOptions } from '../../js/client/options.js';

const read = (options: object): unknown => readOptions({ logger: null, url: '/e', ...options } as PlangateOptions);
const failure = (run: () => unknown): object => {
  try {
    run();
  } catch (thrown) {
    return thrown as object;
  }
  return expect.unreachable('nothing was thrown');
};

describe('given options', () => {
  it.each([
    ['url', 5],
    ['url', ''],
    ['bootstrap', 7],
    ['bootstrap', null],
    ['customer', 12],
    ['mode', 'prod'],
    ['format', 'xml'],
    ['fetch', 'fetch'],
    ['headers', 'x'],
    ['credentials', 'all'],
    ['timeoutMs', 0],
    ['timeoutMs', NaN],
    ['timeoutMs', '5'],
    ['maxBytes', -1],
    ['onError', {}],
    ['logger', 'console'],
    ['clock', 1],
    ['wasmUrl', ''],
    ['wasm', null],
  ])('refuses %s = %j and names it', (name, value) => {
    expect(failure(() => read({ [name]: value }))).toMatchObject({ code: 'INVALID_OPTION', pointer: `/${name}` });
  });

  it('needs a url or a bootstrap', () => {
    expect(failure(() => readOptions({}))).toMatchObject({ code: 'INVALID_OPTION' });
    expect(failure(() => readOptions(undefined as never))).toMatchObject({ code: 'INVALID_OPTION' });
    expect(readOptions({ bootstrap: '{}' })).toMatchObject({ bootstrap: '{}' });
  });

  it('warns once about an option it does not know, and goes on', () => {
    const logger = { warn: vi.fn(), error: vi.fn() };
    read({ logger, timeoutMS: 5 });
    expect(logger.warn.mock.calls).toEqual([['plangate: unknown option timeoutMS']]);
  });

  it('takes a member that is undefined as absent', () => {
    expect(read({ timeoutMs: undefined, maxBytes: undefined })).toMatchObject({
      timeoutMs: 10_000,
      maxBytes: 8_388_608,
    });
  });

  it('hands the rules over to the core untouched', () => {
    const rules = { merge: { q: { n: 'sum' } }, defaults: { a: true }, staleAfter: 5 };
    expect(read({ ...rules, maxBytes: 100 })).toMatchObject({ rules: { ...rules, caps: { maxBytes: 100 } } });
  });

  it.each([
    { url: 'https://api.stripe.com/v1/x?key=sk_live_123' },
    { url: new URL('https://x.test/?k=rk_test_1') },
    { headers: { authorization: 'Bearer sk_test_123' } },
    { headers: { authorization: 'Basic', 'x-key': 'rk_live_9' } },
    { customer: 'sk_live_1' },
  ])('refuses a secret key in %j', (options) => {
    expect(failure(() => read(options))).toMatchObject({ code: 'SECRET_KEY_IN_CLIENT' });
  });

  it.each(['/tasks/task_list', '/e?risk_score=1', '/desk_1', 'pk_live_123'])('lets %j pass', (url) => {
    expect(read({ url })).toMatchObject({ url });
  });

  it.each(['', '  ', 'null', 'undefined', 'NaN', '(null)', 'Nil', '[object Object]', undefined, 3])(
    'refuses %j as a customer',
    (customer) => {
      expect(failure(() => validateCustomer(customer))).toMatchObject({ code: 'INVALID_OPTION' });
    },
  );

  it.each(['cus_1', 'nullable', 'anna', null])('accepts %j as a customer', (customer) => {
    expect(() => validateCustomer(customer)).not.toThrow();
  });
});
