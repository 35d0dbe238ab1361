// Rules that change while the client runs: what development tools stand on.
import { describe, expect, it } from 'vitest';

import { client, DAY, list, row, settle } from './support.js';

const T = Date.UTC(2026, 0, 1);

describe('given a client whose rules are changed', () => {
  it('decides by new overrides at once, and tells its subscribers', async () => {
    const { gate } = await client({ bootstrap: list([row('sso')]) });
    let updates = 0;
    gate.subscribe(() => updates++);
    gate.configure({ overrides: { sso: false, seats: { limit: 7 } } });
    expect(gate.check('sso')).toMatchObject({ allowed: false, reason: 'OVERRIDE' });
    expect(gate.check('seats')).toMatchObject({ allowed: true, reason: 'OVERRIDE', config: { limit: 7 } });
    await settle();
    expect(updates).toBe(1);
    gate.configure({ overrides: {} });
    expect(gate.check('sso').reason).toBe('GRANTED');
    expect(gate.check('seats').reason).toBe('NOT_ENTITLED');
  });

  it('refuses what the core refuses, and stays as it was', async () => {
    const { gate } = await client({ bootstrap: list([row('sso')]), overrides: { sso: false } });
    expect(() => gate.configure({ overrides: { sso: 7 as never } })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION', pointer: '/overrides/sso' }),
    );
    expect(gate.check('sso')).toMatchObject({ allowed: false, reason: 'OVERRIDE' });
  });

  it("decides at the clock's moment, an earlier one too, and tells what differs", async () => {
    const { gate, clock } = await client({ bootstrap: list([row('trial', { activeTo: T + DAY })]) });
    const heard: unknown[] = [];
    gate.on('change', ({ granted, revoked }) => heard.push([granted, revoked]));
    clock.time = T + 2 * DAY;
    gate.configure({});
    expect(gate.hasFeature('trial')).toBe(false);
    clock.time = T;
    gate.configure({});
    expect(gate.hasFeature('trial')).toBe(true);
    await settle();
    expect(heard).toEqual([
      [[], ['trial']],
      [['trial'], []],
    ]);
  });

  it('keeps the rules for an engine that comes later, and does nothing once disposed', async () => {
    const { gate } = await client({ bootstrap: list([row('sso')]) });
    gate.configure({ overrides: { sso: false } });
    await gate.setCustomer('cus_2');
    expect(gate.check('sso').reason).toBe('OVERRIDE');
    gate.dispose();
    gate.configure({ overrides: { sso: true } });
    expect(gate.hasFeature('sso')).toBe(false);
  });
});
