// One customer: what it may use now, its subscriptions, and what has been.

import type { JSX } from 'react';

import type {
  ActiveEntitlementRow,
  Clock,
  Customer as CustomerObject,
  EntitlementRow,
  Subscription,
} from '../../../engine/billing.js';
import { ask, command, control, every, isGone, stripe } from '../api.js';
import { useCatalogue } from '../catalogue.js';
import type { Catalogue } from '../catalogue.js';
import { Choose, FormDialog, numberOf, Text } from '../form.js';
import { useAnswer } from '../live.js';
import { Empty, Opener, Shown, Table, Tag, Time, View } from '../parts.js';
import { moment, productName } from '../text.js';
import { customerName, Subscribe } from './subscription-forms.js';
import { SubscriptionTable } from './subscriptions.js';

interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly protocol: string;
  readonly createdAt: number;
}

interface Known {
  readonly customer: CustomerObject;
  readonly clock: Clock | null;
  readonly active: readonly ActiveEntitlementRow[];
  readonly rows: readonly EntitlementRow[];
  /** Those of the rows that grant now, as the ledger says. */
  readonly granting: readonly EntitlementRow[];
  readonly subscriptions: readonly Subscription[];
  readonly events: readonly EventRow[];
}

async function read(id: string): Promise<Known | undefined> {
  const customer = await ask<CustomerObject>('customer', { id });
  if (isGone(customer)) return undefined;
  const [active, rows, granting, subscriptions, events, clock] = await Promise.all([
    every('activeEntitlements', { customer: id }),
    every('entitlements', { customer: id, scope: 'all' }),
    every('entitlements', { customer: id, status: 'active', hasAccess: true }),
    every('subscriptions', { customer: id, status: 'all' }),
    control<{ data: readonly EventRow[] }>(`events?customer=${encodeURIComponent(id)}&limit=50`),
    customer.clock === null ? null : ask<Clock>('clock', { id: customer.clock }),
  ]);
  return { customer, clock, active, rows, granting, subscriptions, events: events.data };
}

function RecordUsage({ known, close }: { readonly known: Known; readonly close: () => void }): JSX.Element {
  const metered = [...new Set(known.rows.filter(({ type }) => type === 'metered').map(({ featureKey }) => featureKey))];
  return (
    <FormDialog
      title="Record usage"
      submit="Record"
      onClose={close}
      onSubmit={async (values) => {
        const { featureKey, quantity } = values;
        await command('usage.record', {
          customer: known.customer.id,
          featureKey,
          quantity: numberOf(values, 'quantity'),
        });
        return `${quantity} of ${featureKey} is used.`;
      }}
    >
      <Choose
        name="featureKey"
        also={['feature', 'product']}
        label="Feature"
        choices={metered.map((key) => [key, key])}
      />
      <Text name="quantity" label="How much" inputMode="decimal" value="1" />
    </FormDialog>
  );
}

function DeleteCustomer({ known, close }: { readonly known: Known; readonly close: () => void }): JSX.Element {
  const name = customerName(known.customer);
  return (
    <FormDialog
      title={`Delete ${name}?`}
      intro="There is no way back. Its subscriptions end now, and its entitlements with them. Webhooks tell so."
      submit="Delete customer"
      danger
      onClose={close}
      onSubmit={async () => {
        await stripe('DELETE', `customers/${encodeURIComponent(known.customer.id)}`);
        location.hash = '#/customers';
        return `${name} is deleted.`;
      }}
    />
  );
}

function Active({ known }: { readonly known: Known }): JSX.Element {
  if (known.active.length === 0) {
    return (
      <Empty>
        <p>
          {known.subscriptions.length === 0
            ? 'Nothing is granted. Subscribe the customer to a product with features.'
            : 'Nothing is granted now: no running subscription has an attached feature.'}
        </p>
      </Empty>
    );
  }
  return (
    <Table
      caption="Active entitlements"
      rows={known.active}
      id={({ id }) => id}
      columns={[
        { head: 'Feature', cell: ({ featureKey }) => <code className="key">{featureKey}</code> },
        { head: 'Name', cell: ({ feature }) => feature.name },
        { head: 'Gives', cell: ({ featureKey }) => <Gives rows={known.granting} featureKey={featureKey} /> },
        { head: 'Since', cell: ({ activeFrom }) => <Time at={activeFrom} far /> },
      ]}
    />
  );
}

/** The values and balances of a feature's rows. */
function Gives({ rows, featureKey }: { readonly rows: readonly EntitlementRow[]; readonly featureKey: string }) {
  const given = rows.filter((row) => row.featureKey === featureKey);
  const told = given.filter(({ usage, config }) => usage !== null || config !== null);
  if (told.length === 0) return <span className="soft">access</span>;
  return (
    <ul className="plain">
      {told.map(({ id, usage, config }) => (
        <li key={id}>
          {usage && (
            <>
              <meter
                aria-label={`Left of ${featureKey}`}
                min={0}
                max={usage.limit}
                value={Math.max(0, usage.balance)}
                hidden={usage.limit === 0}
              />{' '}
              {usage.balance.toLocaleString('en')} of {usage.limit.toLocaleString('en')} left
              {usage.overage > 0 && `, ${usage.overage.toLocaleString('en')} over`}{' '}
            </>
          )}
          {config && <code>{JSON.stringify(config)}</code>}
        </li>
      ))}
    </ul>
  );
}

function rowTone({ status, hasAccess }: EntitlementRow): 'good' | 'warn' | 'past' {
  if (status !== 'active') return 'past';
  return hasAccess ? 'good' : 'warn';
}

function History({ known, catalogue }: { readonly known: Known; readonly catalogue: Catalogue }): JSX.Element {
  return (
    <>
      <h2>Entitlements, past and present</h2>
      {known.rows.length === 0 ? (
        <p className="hint">None so far.</p>
      ) : (
        <Table
          caption="Entitlements, past and present"
          rows={[...known.rows].reverse()}
          id={({ id }) => id}
          past={({ status }) => status !== 'active'}
          columns={[
            { head: 'Feature', cell: ({ featureKey }) => <code className="key">{featureKey}</code> },
            { head: 'By', cell: ({ product }) => productName(catalogue, product) },
            {
              head: 'State',
              cell: (row) => (
                <Tag tone={rowTone(row)}>{row.status === 'active' && !row.hasAccess ? 'no access' : row.status}</Tag>
              ),
            },
            { head: 'From', cell: ({ activeFrom }) => <Time at={activeFrom} /> },
            { head: 'To', cell: ({ activeTo }) => <Time at={activeTo} /> },
          ]}
        />
      )}
      <h2>Events</h2>
      {known.events.length === 0 ? (
        <p className="hint">None so far: what happens to the customer is listed here, and sent to webhooks.</p>
      ) : (
        <ol className="events">
          {known.events.map(({ id, type, protocol, createdAt }) => (
            <li key={id}>
              <time dateTime={new Date(createdAt).toISOString()}>{moment(createdAt)}</time>
              <code>{type}</code>
              <span className="soft">{protocol}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** A customer by its id. */
export function Customer({ id }: { readonly id: string }): JSX.Element {
  const catalogue = useCatalogue();
  const answer = useAnswer(() => read(id), id);
  const known = answer.data;
  const actions = known && catalogue.data && (
    <>
      <Opener
        label="Subscribe"
        primary
        dialog={(close) => (
          <Subscribe customer={known.customer} catalogue={catalogue.data as Catalogue} close={close} />
        )}
      />
      {known.rows.some(({ type }) => type === 'metered') && (
        <Opener label="Record usage" dialog={(close) => <RecordUsage known={known} close={close} />} />
      )}
      <Opener
        label="Delete"
        of={known.customer.id}
        dialog={(close) => <DeleteCustomer known={known} close={close} />}
      />
    </>
  );
  const about = (
    <>
      <a href="#/customers">Customers</a> / <code>{id}</code>
      {known?.customer.externalId && ` / ${known.customer.externalId}`}
      {known?.clock && (
        <>
          {' '}
          in the time of <a href="#/time">{known.clock.name ?? known.clock.id}</a>, {moment(known.clock.time)}
        </>
      )}
    </>
  );
  return (
    <View title={known ? customerName(known.customer) : id} about={about} actions={actions}>
      <Shown of={answer}>
        {(found) =>
          found === undefined ? (
            <Empty>
              <p>This customer is deleted.</p>
            </Empty>
          ) : (
            <Shown of={catalogue}>
              {(named) => (
                <>
                  <h2>Active entitlements</h2>
                  <Active known={found} />
                  <h2>Subscriptions</h2>
                  {found.subscriptions.length === 0 ? (
                    <p className="hint">None so far.</p>
                  ) : (
                    <SubscriptionTable rows={found.subscriptions} catalogue={named} />
                  )}
                  <History known={found} catalogue={named} />
                </>
              )}
            </Shown>
          )
        }
      </Shown>
    </View>
  );
}
