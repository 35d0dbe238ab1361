// What time it is: by a device whose clock is wrong or is set, and by servers that know better.
import { describe, expect, it } from 'vitest';

import type { PlangateClient } from '../../js/client/api.js';
import { DeviceClock } from '../../js/client/clock.js';
import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { DAY, HandClock, row, SECOND, T0, wasm } from './support.js';
import { FakeServer, WrongClock } from './world.js';

const HOUR = 3600 * SECOND;
const trial = row('trial', { activeTo: T0 + HOUR });
const later = row('later', { activeFrom: T0 + HOUR });

async function device(error: number, options: Partial<PlangateOptions> = {}) {
  const hand = new HandClock();
  const server = new FakeServer(hand);
  server.set('cus_1', [trial, later]);
  const wrong = new WrongClock(hand, error);
  const clock = new DeviceClock(wrong);
  const gate: PlangateClient = await createPlangate({
    wasm,
    clock,
    logger: null,
    url: '/e',
    fetch: server.fetch,
    ...options,
  });
  const both = (): boolean[] => [gate.hasFeature('trial'), gate.hasFeature('later')];
  return { hand, server, wrong, clock, gate, both };
}

describe('given a device whose clock is wrong', () => {
  it.each([-DAY, DAY, -400 * DAY, 5 * HOUR])('by %i ms: decides by the server’s time', async (error) => {
    const { hand, clock, both } = await device(error);
    expect(both()).toEqual([true, false]);
    expect(Math.abs(clock.now() - hand.time)).toBeLessThan(SECOND);
    await hand.advance(HOUR - SECOND);
    expect(both()).toEqual([true, false]);
    await hand.advance(2 * SECOND);
    expect(both()).toEqual([false, true]);
  });

  it('corrects no further than is certain: a server’s second is not over, an answer takes its time', async () => {
    const { clock, wrong } = await device(0);
    const before = clock.now() - wrong.now();
    wrong.right.time += 400;
    clock.correct(T0, clock.now());
    clock.correct(T0, clock.now() - 300);
    expect(clock.now() - wrong.now()).toBe(before);
  });

  it('is corrected by a list that has not changed', async () => {
    const { gate, wrong, both, server } = await device(0);
    wrong.error = DAY;
    expect(both()).toEqual([false, true]);
    expect(await gate.refresh()).toBe(true);
    expect(server.count('304')).toBe(1);
    expect(both()).toEqual([true, false]);
  });

  it('is not led back by an answer of before, which a cache or a service worker gives again', async () => {
    const hand = new HandClock();
    const server = new FakeServer(hand);
    server.set('cus_1', [trial]);
    const kept: Response[] = [];
    let away = false;
    const fetch = async (...asked: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      if (away) return kept[0]!.clone();
      const response = await server.fetch(...asked);
      kept.push(response.clone());
      return response;
    };
    const clock = new DeviceClock(new WrongClock(hand));
    const gate = await createPlangate({ wasm, clock, logger: null, url: '/e', fetch });
    await hand.advance(2 * HOUR);
    await gate.refresh();
    expect(gate.check('trial').reason).toBe('EXPIRED');
    away = true;
    await hand.advance(HOUR);
    await gate.refresh();
    expect([gate.check('trial').reason, clock.now()]).toEqual(['EXPIRED', hand.time]);
  });

  it('takes no notice of a date that is none', async () => {
    const { clock, hand } = await device(DAY, { fetch: async () => new Response('{', { headers: { date: 'soon' } }) });
    expect(clock.now()).toBe(hand.time + DAY);
  });
});

describe('given a clock that is set back', () => {
  it('goes on as if it were not, and what has expired stays so', async () => {
    const { hand, wrong, both } = await device(0);
    await hand.advance(2 * HOUR);
    expect(both()).toEqual([false, true]);
    wrong.error = -DAY;
    expect(both()).toEqual([false, true]);
    await hand.advance(HOUR);
    expect(both()).toEqual([false, true]);
  });

  it('still sees a trial end in time', async () => {
    const { hand, wrong, both } = await device(0);
    await hand.advance(HOUR / 2);
    expect(both()).toEqual([true, false]);
    wrong.error = -DAY;
    await hand.advance(HOUR / 2 - 2 * SECOND);
    expect(both()).toEqual([true, false]);
    await hand.advance(3 * SECOND);
    expect(both()).toEqual([false, true]);
  });

  it('believes a server that says so', async () => {
    const { hand, gate, both, wrong } = await device(0);
    wrong.error = 2 * HOUR;
    expect(both()).toEqual([false, true]);
    await hand.advance(SECOND);
    wrong.error = 0;
    expect(both()).toEqual([false, true]);
    await gate.refresh();
    expect(both()).toEqual([true, false]);
  });
});

describe('given a clock of the application’s own', () => {
  it('believes it', async () => {
    const hand = new HandClock();
    const server = new FakeServer(hand);
    server.set('cus_1', [trial]);
    const own = new WrongClock(hand, DAY);
    const gate = await createPlangate({ wasm, clock: own, logger: null, url: '/e', fetch: server.fetch });
    expect(gate.check('trial').reason).toBe('EXPIRED');
  });
});
