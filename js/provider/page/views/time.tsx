// Time: the provider's clock, and Stripe's test clocks.

import type { JSX } from 'react';

import type { Clock } from '../../../engine/billing.js';
import { command, control, every, stripe } from '../api.js';
import { FormDialog, Text } from '../form.js';
import { useAnswer, useLive, useNow } from '../live.js';
import { act } from '../notice.js';
import { Do, Empty, Opener, Shown, Table, Time as At, View } from '../parts.js';
import { moment } from '../text.js';

/** Moves the provider's clock. */
const move = (how: object, told: string) => (): void => act(() => control('clock', how), told);

const STEPS = [
  ['1 hour', 'PT1H'],
  ['1 day', 'P1D'],
  ['1 week', 'P1W'],
  ['1 month', 'P1M'],
  ['1 year', 'P1Y'],
] as const;

/** A time for a field that takes one: UTC, to the second. */
const fieldTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

function AdvanceTo({ now, close }: { readonly now: number; readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title="Advance to a time"
      intro="All that falls due until then happens, in order. Time only goes forward."
      submit="Advance"
      onClose={close}
      onSubmit={async ({ to = '' }) => {
        await control('clock', { do: 'advance', to: `${to.length === 16 ? `${to}:00` : to}Z` });
        return 'Time has passed.';
      }}
    >
      <Text name="to" label="Time, UTC" type="datetime-local" value={fieldTime(now)} />
    </FormDialog>
  );
}

function CreateClock({ now, close }: { readonly now: number; readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title="Create a test clock"
      intro="Customers made with it live in its time, apart from all others."
      submit="Create clock"
      onClose={close}
      onSubmit={async ({ name = '', frozen_time: time = '' }) => {
        const seconds = Math.floor(Date.parse(`${time}Z`) / 1000);
        await stripe('POST', 'test_helpers/test_clocks', {
          name,
          frozen_time: Number.isFinite(seconds) ? seconds : time,
        });
        return 'The clock is there. Create customers with it.';
      }}
    >
      <Text name="name" label="Name" hint="May be left out." />
      <Text name="frozen_time" label="It stands at, UTC" type="datetime-local" value={fieldTime(now)} />
    </FormDialog>
  );
}

function AdvanceClock({ clock, close }: { readonly clock: Clock; readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title={`Advance ${clock.name ?? clock.id}`}
      intro={`It stands at ${moment(clock.time, true)}.`}
      submit="Advance"
      onClose={close}
      onSubmit={async ({ to = '' }) => {
        const time = Date.parse(`${to}Z`);
        await command('clock.advance', { id: clock.id, to: Number.isFinite(time) ? time : to });
        return 'Its customers’ time has passed.';
      }}
    >
      <Text name="to" label="Time, UTC" type="datetime-local" value={fieldTime(clock.nextAt ?? clock.time)} />
    </FormDialog>
  );
}

function Clocks({ rows }: { readonly rows: readonly Clock[] }): JSX.Element {
  return (
    <Table
      caption="Test clocks"
      rows={rows}
      id={({ id }) => id}
      columns={[
        { head: 'Clock', cell: ({ name, id }) => name ?? id },
        { head: 'Id', cell: ({ id }) => <code className="soft">{id}</code> },
        { head: 'Time', cell: ({ time }) => moment(time, true) },
        { head: 'Something happens', cell: ({ nextAt }) => <At at={nextAt} /> },
        {
          head: 'Do',
          end: true,
          cell: (clock) => (
            <div className="actions">
              <Opener label="Advance" of={clock.id} dialog={(close) => <AdvanceClock clock={clock} close={close} />} />
            </div>
          ),
        },
      ]}
    />
  );
}

/** The provider's clock with what moves it. */
export function Time(): JSX.Element {
  const { clock } = useLive();
  const now = useNow();
  const clocks = useAnswer(() => every('clocks', {}));
  const make =
    now === undefined ? null : (
      <Opener label="Create test clock" dialog={(close) => <CreateClock now={now} close={close} />} />
    );
  return (
    <View
      title="Time"
      about="Trials end, periods renew and cancellations take effect as time passes. Here it passes at once."
      actions={make}
    >
      <section className="card" aria-labelledby="own-clock">
        <h2 id="own-clock">The provider’s clock</h2>
        <p className="big">
          {now === undefined ? '…' : moment(now, true)}{' '}
          <span className="soft">{clock?.frozen ? 'frozen' : 'running'}</span>
        </p>
        <div className="actions start">
          {clock?.frozen ? (
            <Do label="Let it run" work={move({ do: 'resume' }, 'The clock runs.')} />
          ) : (
            <Do label="Freeze" work={move({ do: 'freeze' }, 'The clock stands still.')} />
          )}
          <Do
            label="To the next period end"
            work={move({ do: 'period_end' }, 'A period has ended: what was due then has happened.')}
          />
          {now !== undefined && (
            <Opener label="Advance to…" dialog={(close) => <AdvanceTo now={now} close={close} />} />
          )}
        </div>
        <div className="actions start" role="group" aria-label="Advance by">
          {STEPS.map(([text, by]) => (
            <Do key={by} label={`+ ${text}`} work={move({ do: 'advance', by }, `${text} has passed.`)} />
          ))}
        </div>
      </section>
      <h2>Test clocks</h2>
      <Shown of={clocks}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>
              <p>There is no test clock. Stripe’s tests use them to give single customers a time of their own.</p>
            </Empty>
          ) : (
            <Clocks rows={rows} />
          )
        }
      </Shown>
    </View>
  );
}
