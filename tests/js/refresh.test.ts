// New lists, failures, other customers: what replaces the answers and what does not.
import { describe, expect, it, vi } from 'vitest';

import type { PlangateError } from '../../js/engine/errors.js';
import { answers, client, list, row, SECOND, settle, T0 } from './support.js';

const pro = list([row('sso'), row('export')]);
const free = list([row('export')], { asOf: T0 + SECOND });
const of = (customer: string, ...keys: string[]): object =>
  list(
    keys.map((key) => row(key)),
    { customer },
  );

describe('given a server', () => {
  it('loads the first list and tells what changes with the next', async () => {
    const { gate } = await client({ url: '/e', fetch: answers(pro, free) });
    const heard: unknown[] = [];
    gate.on('change', (diff) => heard.push(diff));
    expect(await gate.refresh()).toBe(true);
    expect(gate.hasFeature('sso')).toBe(false);
    expect(heard).toEqual([{ granted: [], revoked: ['sso'], configChanged: [], usageChanged: [] }]);
    await gate.refresh();
    expect(heard).toHaveLength(1);
  });

  it.each([
    ['is away', new TypeError('fetch failed'), 'NETWORK_ERROR'],
    ['refuses', new Response('{}', { status: 401 }), 'HTTP_STATUS'],
    ['fails', new Response('oops', { status: 500 }), 'HTTP_STATUS'],
    ['sends nothing', new Response(''), 'EMPTY_INPUT'],
    ['sends a page', new Response('<!doctype html>'), 'NOT_JSON'],
    ['sends half a list', new Response('{"plangate":1,"customer":"cus_1"'), 'SYNTAX_ERROR'],
    ['sends no UTF-8', new Response(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), 'INVALID_UTF8'],
    ['sends another version', { ...pro, plangate: 2 }, 'UNSUPPORTED_VERSION'],
    ['sends another customer', of('cus_2', 'audit'), 'CUSTOMER_MISMATCH'],
    ['sends test data', { ...pro, mode: 'test' }, 'MODE_MISMATCH'],
    ['sends an older list', { ...pro, asOf: T0 - 1 }, 'OLDER_SNAPSHOT'],
    ['sends too much', new Response('x'.repeat(5000)), 'BODY_TOO_LARGE'],
  ])('keeps the good list when it %s', async (_, answer, code) => {
    const { gate } = await client({ url: '/e', fetch: answers(pro, answer), maxBytes: 4000 });
    const errors: PlangateError[] = [];
    const change = vi.fn();
    gate.on('error', (error) => errors.push(error));
    gate.on('change', change);
    const decision = gate.check('sso');
    expect(await gate.refresh()).toBe(false);
    expect(errors).toMatchObject([{ code }]);
    expect(gate.error).toBe(errors[0]);
    expect([gate.ready, gate.hasFeature('sso'), gate.check('sso') === decision]).toEqual([true, true, true]);
    expect(change).not.toHaveBeenCalled();
  });

  it('becomes ready later when the first request failed', async () => {
    const { gate } = await client({ url: '/e', fetch: answers(new Response('', { status: 503 }), pro) });
    const heard: string[] = [];
    gate.on('ready', ({ customer }) => heard.push(`ready ${customer}`));
    gate.on('change', ({ granted }) => heard.push(granted.join()));
    expect([gate.ready, gate.hasFeature('sso'), gate.error?.status]).toEqual([false, false, 503]);
    expect(await gate.refresh()).toBe(true);
    expect([gate.ready, gate.hasFeature('sso'), gate.error]).toEqual([true, true, undefined]);
    expect(heard).toEqual(['ready cus_1', 'export,sso']);
  });

  it('is asked once by calls that overlap, and again by the next', async () => {
    const fetch = answers(pro, async () => (await settle(), free));
    const { gate } = await client({ url: '/e', fetch });
    const [a, b] = [gate.refresh(), gate.refresh()];
    expect(await Promise.all([a, b])).toEqual([true, true]);
    expect(fetch.calls).toHaveLength(2);
    await gate.refresh();
    expect(fetch.calls).toHaveLength(3);
  });

  it('reads a provider’s own pages', async () => {
    const page = (id: string, more: boolean): object => ({
      object: 'list',
      data: [
        {
          id: `ent_${id}`,
          object: 'entitlements.active_entitlement',
          feature: 'feat_1',
          livemode: true,
          lookup_key: id,
        },
      ],
      has_more: more,
    });
    const options = { url: '/e', format: 'stripe' as const, customer: 'cus_9' };
    const { gate } = await client({ ...options, fetch: answers([page('a', true), page('b', false)]) });
    expect([gate.hasFeature('a'), gate.hasFeature('b')]).toEqual([true, true]);
    expect(gate.info).toMatchObject({ customer: 'cus_9', source: 'stripe', asOf: T0 });
    const cut = await client({ ...options, fetch: answers(page('a', true)) });
    expect(cut.gate.error).toMatchObject({ code: 'INCOMPLETE_LIST' });
  });

  it('is asked in the background when there is a bootstrap', async () => {
    const { gate } = await client({ url: '/e', bootstrap: pro, fetch: answers(async () => (await settle(), free)) });
    expect(gate.hasFeature('sso')).toBe(true);
    await gate.refresh();
    expect(gate.hasFeature('sso')).toBe(false);
  });

  it('is waited for when the bootstrap is bad', async () => {
    const { gate } = await client({ url: '/e', bootstrap: '{', fetch: answers(async () => (await settle(), pro)) });
    expect([gate.ready, gate.hasFeature('sso')]).toEqual([true, true]);
  });
});

describe('given another customer', () => {
  it('shows none of the old answers, from the very call on', async () => {
    const fetch = answers(of('cus_1', 'sso'), of('cus_2', 'audit'));
    const { gate } = await client({ url: (customer) => `/e/${customer}`, customer: 'cus_1', fetch });
    const heard: string[] = [];
    gate.on('change', ({ granted, revoked }) => heard.push(`+${granted.join()} -${revoked.join()}`));
    gate.on('ready', ({ customer }) => heard.push(customer));
    const turned = gate.setCustomer('cus_2');
    expect([gate.hasFeature('sso'), gate.check('sso').reason, gate.ready]).toEqual([false, 'NOT_READY', false]);
    expect(await turned).toBe(true);
    expect([gate.customer, gate.hasFeature('audit'), gate.hasFeature('sso')]).toEqual(['cus_2', true, false]);
    expect(fetch.calls.map(({ url }) => url)).toEqual(['/e/cus_1', '/e/cus_2']);
    expect(heard).toEqual(['+ -sso', 'cus_2', '+audit -']);
  });

  it('drops a late answer for the old one', async () => {
    let late!: (value: object) => void;
    const fetch = answers(of('cus_1', 'sso'), new Promise((resolve) => (late = resolve)), of('cus_2', 'audit'));
    const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
    const error = vi.fn();
    gate.on('error', error);
    const old = gate.refresh();
    await settle();
    const turned = gate.setCustomer('cus_2');
    late(of('cus_1', 'sso', 'late'));
    expect(await Promise.all([old, turned])).toEqual([false, true]);
    await settle();
    expect([gate.hasFeature('late'), gate.hasFeature('audit')]).toEqual([false, true]);
    expect(error).not.toHaveBeenCalled();
  });

  it('stays closed when their list cannot be fetched', async () => {
    const { gate } = await client({
      url: '/e',
      customer: 'cus_1',
      fetch: answers(of('cus_1', 'sso'), new Error('away')),
    });
    expect(await gate.setCustomer('cus_2')).toBe(false);
    expect([gate.ready, gate.hasFeature('sso')]).toEqual([false, false]);
  });

  it('refuses an id that is none, and stays', async () => {
    const { gate } = await client({ url: '/e', customer: 'cus_1', fetch: answers(of('cus_1', 'sso')) });
    for (const id of ['undefined', '', undefined, 5] as never[]) {
      await expect(gate.setCustomer(id)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    }
    expect([gate.customer, gate.hasFeature('sso')]).toEqual(['cus_1', true]);
  });

  it('just refreshes for the same one, and lets null stand for whoever the server says', async () => {
    const fetch = answers(of('cus_1', 'sso'), of('cus_1', 'sso'), of('cus_3', 'audit'));
    const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
    const refreshed = gate.setCustomer('cus_1');
    expect(gate.hasFeature('sso')).toBe(true);
    expect(await refreshed).toBe(true);
    expect(await gate.setCustomer(null)).toBe(true);
    expect(gate.info?.customer).toBe('cus_3');
  });
});

describe('given listeners and loggers that throw', () => {
  it('goes on', async () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    const options = { onError: boom, logger: { warn: boom, error: boom } };
    const { gate } = await client({ url: '/e', fetch: answers(new Error('away'), pro), ...options });
    gate.on('change', boom);
    gate.on('ready', boom);
    gate.subscribe(boom);
    expect(await gate.refresh()).toBe(true);
    expect(gate.hasFeature('sso')).toBe(true);
  });

  it('logs an error that nobody listens to', async () => {
    const logger = { warn: vi.fn(), error: vi.fn() };
    const { gate } = await client({ url: '/e', fetch: answers(new Error('away')), logger });
    expect(logger.warn).toHaveBeenCalledOnce();
    gate.on('error', () => {});
    await gate.refresh();
    expect(logger.warn).toHaveBeenCalledOnce();
  });
});
