// Webhook endpoints, and what was sent to them.

import { useState } from 'react';
import type { JSX } from 'react';

import { control } from '../api.js';
import { Choose, FormDialog, Text } from '../form.js';
import { useAnswer } from '../live.js';
import { act } from '../notice.js';
import { Copy, Do, Empty, Opener, Shown, Table, Tag, View } from '../parts.js';
import type { Tone } from '../parts.js';
import { moment } from '../text.js';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly protocol: 'stripe' | 'paygentic';
  readonly secret: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

interface Attempt {
  /** Real time. */
  readonly at: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly type?: string;
  readonly customer?: string | null;
  readonly url?: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: readonly Attempt[];
}

const TONES: Readonly<Record<Delivery['state'], Tone>> = { pending: 'plain', delivered: 'good', failed: 'warn' };
const SHOWN = 100;

function AddEndpoint({ close }: { readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title="Add a webhook endpoint"
      intro="The provider posts signed events to it, and tries again when it does not answer."
      submit="Add endpoint"
      onClose={close}
      onSubmit={async ({ url = '', protocol }) => {
        await control('webhooks', { url, protocol });
        return `Events go to ${url} from now on.`;
      }}
    >
      <Text name="url" label="URL" type="url" hint="Such as http://127.0.0.1:3000/webhooks/stripe" />
      <Choose
        name="protocol"
        label="Whose events"
        choices={[
          ['stripe', 'Stripe’s'],
          ['paygentic', 'Paygentic’s'],
        ]}
      />
    </FormDialog>
  );
}

function Endpoints({ rows }: { readonly rows: readonly Endpoint[] }): JSX.Element {
  return (
    <Table
      caption="Endpoints"
      rows={rows}
      id={({ id }) => id}
      past={({ enabled }) => !enabled}
      columns={[
        { head: 'URL', cell: ({ url }) => <code>{url}</code> },
        { head: 'Events', cell: ({ protocol, events }) => `${protocol}: ${events.join(', ').replace(/^\*$/, 'all')}` },
        {
          head: 'Signing secret',
          cell: ({ secret, url }) => <Copy text={secret} what={`the secret of ${url}`} short />,
        },
        {
          head: 'State',
          cell: ({ enabled }) => <Tag tone={enabled ? 'good' : 'past'}>{enabled ? 'enabled' : 'disabled'}</Tag>,
        },
        {
          head: 'Do',
          end: true,
          cell: ({ id, url, enabled }) => (
            <div className="actions">
              <Do
                label={enabled ? 'Disable' : 'Enable'}
                of={url}
                work={() =>
                  act(
                    () => control(`webhooks/${id}`, { enabled: !enabled }),
                    enabled ? `Nothing is sent to ${url}.` : `Events go to ${url} again.`,
                  )
                }
              />
              <Do
                label="Remove"
                of={url}
                work={() =>
                  act(() => control(`webhooks/${id}`, undefined, 'DELETE'), `${url} is no longer an endpoint.`)
                }
              />
            </div>
          ),
        },
      ]}
    />
  );
}

/** How a delivery's attempts went. */
function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }): JSX.Element {
  const last = attempts.at(-1);
  if (!last) return <span className="soft">none yet</span>;
  return (
    <details>
      <summary>
        {attempts.length}, last {last.error ?? `answered ${last.status}`}
      </summary>
      <ol className="plain">
        {attempts.map(({ at, status, error, durationMs }) => (
          <li key={at}>
            {moment(at, true)}: {error ?? `answered ${status}`}, {durationMs} ms
          </li>
        ))}
      </ol>
    </details>
  );
}

function Deliveries({ rows }: { readonly rows: readonly Delivery[] }): JSX.Element {
  const retry = (id: string) => (): void => act(() => control(`deliveries/${id}/retry`, {}), 'It is sent once more.');
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
        {
          head: 'To',
          cell: ({ url }) => <code>{url?.replace(/^https?:\/\//, '') ?? 'an endpoint that was removed'}</code>,
        },
        { head: 'State', cell: ({ state }) => <Tag tone={TONES[state]}>{state}</Tag> },
        { head: 'Attempts', cell: ({ attempts }) => <Attempts attempts={attempts} /> },
        {
          head: 'Do',
          end: true,
          cell: ({ id, type }) => (
            <div className="actions">
              <Do label="Retry" of={`${type ?? 'the event'} ${id}`} work={retry(id)} />
            </div>
          ),
        },
      ]}
    />
  );
}

export function Webhooks(): JSX.Element {
  const [state, setState] = useState('');
  const endpoints = useAnswer(() => control<{ data: readonly Endpoint[] }>('webhooks'));
  const deliveries = useAnswer(
    () => control<{ data: readonly Delivery[] }>(`deliveries?limit=${SHOWN}${state && `&state=${state}`}`),
    state,
  );
  const add = <Opener label="Add endpoint" primary dialog={(close) => <AddEndpoint close={close} />} />;
  return (
    <View title="Webhooks" about="Where events are posted, and how it went." actions={add}>
      <h2>Endpoints</h2>
      <Shown of={endpoints}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty>
              <p>There is no endpoint yet. Add your server’s webhook route, to hear of every change.</p>
            </Empty>
          ) : (
            <Endpoints rows={data} />
          )
        }
      </Shown>
      <h2>Deliveries</h2>
      <p className="search">
        <label htmlFor="state">State</label>
        <select id="state" value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">all</option>
          <option value="failed">failed</option>
          <option value="pending">pending</option>
          <option value="delivered">delivered</option>
        </select>
        <span className="soft">the newest {SHOWN}</span>
      </p>
      <Shown of={deliveries}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="hint">None. When there is an endpoint, each change is delivered to it.</p>
          ) : (
            <Deliveries rows={data} />
          )
        }
      </Shown>
    </View>
  );
}
