// What was sent to webhook endpoints: a row for each delivery, and one of them with all that was sent and answered.

import type { JSX } from 'react';

import type { Delivery, DeliveryDetail } from '../../answers/delivery.js';
import { control } from '../api.js';
import { ShowDialog } from '../dialog.js';
import { useAnswer } from '../live.js';
import { act } from '../notice.js';
import { Copy, Do, Opener, Shown, Table, Tag } from '../parts.js';
import type { Tone } from '../parts.js';
import { moment } from '../text.js';

const TONES: Readonly<Record<Delivery['state'], Tone>> = { pending: 'plain', delivered: 'good', failed: 'warn' };
const GONE = 'an endpoint that was removed';

const retry = (id: string): void => act(() => control(`deliveries/${id}/retry`, {}), 'It is sent once more.');

/** How often it was tried, and what came of it. */
function attemptsText({ attempts }: Delivery): string {
  const last = attempts.at(-1);
  if (!last) return 'none yet';
  return `${attempts.length}, last ${last.error ?? `answered ${last.status}`}`;
}

/** What an attempt sent above the body, and what it was answered. */
function Attempts({ attempts }: { readonly attempts: DeliveryDetail['attempts'] }): JSX.Element {
  if (attempts.length === 0) return <p className="hint">Not sent yet.</p>;
  return (
    <ol className="attempts">
      {attempts.map(({ at, status, error, durationMs, headers, answer }, index) => (
        <li key={index}>
          <p>
            <strong>Attempt {index + 1}</strong>{' '}
            <Tag tone={error === null ? 'good' : 'warn'}>{status === null ? 'no answer' : `answered ${status}`}</Tag>{' '}
            <span className="soft">
              {moment(at, true)}, {durationMs} ms{status === null && error && `, ${error}`}
            </span>
          </p>
          {headers && (
            <pre role="group" aria-label={`Headers of attempt ${index + 1}`} tabIndex={0}>
              {Object.entries(headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join('\n')}
            </pre>
          )}
          {answer && (
            <pre role="group" aria-label={`Answer to attempt ${index + 1}`} tabIndex={0}>
              {answer}
            </pre>
          )}
        </li>
      ))}
    </ol>
  );
}

function Details({ id, close }: { readonly id: string; readonly close: () => void }): JSX.Element {
  const answer = useAnswer(() => control<DeliveryDetail>(`deliveries/${id}`), id);
  return (
    <ShowDialog
      title={`Delivery ${id}`}
      onClose={close}
      actions={<Do label="Send once more" primary work={() => retry(id)} />}
    >
      <Shown of={answer}>
        {({ type, event, url, state, nextAt, attempts, body }) => (
          <>
            <p className="soft">
              <code>{type ?? event}</code> to <code>{url ?? GONE}</code>
            </p>
            <p>
              <Tag tone={TONES[state]}>{state}</Tag>
              {nextAt !== null && nextAt > 0 && <span className="soft"> is tried again at {moment(nextAt, true)}</span>}
            </p>
            <h3>Attempts</h3>
            <Attempts attempts={attempts} />
            <h3>Event</h3>
            {body === null ? (
              <p className="hint">The event is no longer kept.</p>
            ) : (
              <>
                <Copy text={body} what="the body, as it is signed" hidden />
                <pre role="group" aria-label="Body" tabIndex={0}>
                  {body}
                </pre>
              </>
            )}
          </>
        )}
      </Shown>
    </ShowDialog>
  );
}

export function Deliveries({ rows }: { readonly rows: readonly Delivery[] }): JSX.Element {
  return (
    <Table
      caption="Deliveries"
      rows={rows}
      id={({ id }) => id}
      columns={[
        { head: 'Event', cell: ({ type, event }) => <code>{type ?? event}</code> },
        {
          head: 'Customer',
          cell: ({ customer }) =>
            customer ? (
              <a href={`#/customers/${encodeURIComponent(customer)}`}>{customer}</a>
            ) : (
              <span className="soft">–</span>
            ),
        },
        { head: 'To', cell: ({ url }) => <code>{url?.replace(/^https?:\/\//, '') ?? GONE}</code> },
        { head: 'State', cell: ({ state }) => <Tag tone={TONES[state]}>{state}</Tag> },
        { head: 'Attempts', cell: attemptsText },
        {
          head: 'Do',
          end: true,
          cell: ({ id, type }) => (
            <div className="actions">
              <Opener
                label="Details"
                of={`of ${type ?? 'the event'} ${id}`}
                dialog={(close) => <Details id={id} close={close} />}
              />
              <Do label="Retry" of={`${type ?? 'the event'} ${id}`} work={() => retry(id)} />
            </div>
          ),
        },
      ]}
    />
  );
}
