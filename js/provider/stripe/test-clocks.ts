// /v1/test_helpers/test_clocks: time that moves for some customers only.

import type { Clock } from '../../engine/billing.js';
import { page } from './list.js';
import { integer, paging, required, text } from './params.js';
import { find, route } from './route.js';
import type { Route } from './route.js';
import { deleted, testClock } from './shapes.js';

const PATH = '/v1/test_helpers/test_clocks';

export const testClockRoutes: readonly Route[] = [
  route(
    'POST',
    PATH,
    { frozen_time: required(integer()), name: text({ max: 300 }) },
    ({ frozen_time: frozen, name }, { work, emit }) => {
      const command = {
        do: 'clock.create',
        id: work.ids.make('clock'),
        time: frozen * 1000,
        ...(name !== undefined && { name }),
      } as const;
      const clock = testClock(work.do<Clock>(command));
      emit('test_helpers.test_clock.created', clock);
      return clock;
    },
    { names: { time: 'frozen_time' } },
  ),
  route('GET', PATH, paging, (cursors, { ledger }) => page(ledger, 'clocks', {}, cursors, PATH, testClock)),
  route('GET', `${PATH}/:id`, {}, (_, { ledger, part }) => testClock(find(ledger, 'clock', part('id')))),
  route('DELETE', `${PATH}/:id`, {}, (_, { ledger, part, work, emit }) => {
    const before = find(ledger, 'clock', part('id'));
    work.do({ do: 'clock.delete', id: before.id });
    emit('test_helpers.test_clock.deleted', testClock(before));
    return deleted(before.id, 'test_helpers.test_clock');
  }),
  // Stripe answers "advancing" and is ready some time later; here it is ready when it answers.
  route(
    'POST',
    `${PATH}/:id/advance`,
    { frozen_time: required(integer()) },
    ({ frozen_time: frozen }, { ledger, part, work, emit }) => {
      const { id } = find(ledger, 'clock', part('id'));
      const clock = testClock(work.do<Clock>({ do: 'clock.advance', id, to: frozen * 1000 }));
      emit('test_helpers.test_clock.ready', clock);
      return clock;
    },
    { names: { to: 'frozen_time' } },
  ),
];
