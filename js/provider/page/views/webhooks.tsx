// Webhook endpoints, and what was sent to them.

import { useState } from 'react';
import type { JSX } from 'react';

import type { Delivery } from '../../answers/delivery.js';
import { control } from '../api.js';
import { Choose, FormDialog, Text } from '../form.js';
import { useAnswer } from '../live.js';
import { act } from '../notice.js';
import { Copy, Do, Empty, Opener, Shown, Table, Tag, View } from '../parts.js';
import { Deliveries } from './deliveries.js';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly protocol: 'stripe' | 'paygentic';
  readonly secret: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

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
