// Subscriptions: everybody's, and one customer's.

import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Customer as CustomerObject, Subscription, SubscriptionStatus } from '../../../engine/billing.js';
import { ask, isGone, some } from '../api.js';
import { useCatalogue } from '../catalogue.js';
import type { Catalogue } from '../catalogue.js';
import { useAnswer } from '../live.js';
import { Empty, Shown, Table, Tag, Time, View } from '../parts.js';
import type { Tone } from '../parts.js';
import { subscribedTo } from '../text.js';
import { More } from './more.js';
import { customerName, SubscriptionActions } from './subscription-forms.js';

const TONES: Readonly<Record<SubscriptionStatus, Tone>> = {
  active: 'good',
  trialing: 'good',
  scheduled: 'plain',
  paused: 'warn',
  canceled: 'past',
};

/** What happens to a subscription next. */
function Next({ subscription, catalogue }: { readonly subscription: Subscription; readonly catalogue: Catalogue }) {
  const { status, endedAt, cancelAt, cancelAtPeriodEnd, trialEnd, periodEnd, pending, resumesAt, startAt } =
    subscription;
  const said = (word: string, at: number, more: ReactNode = null): JSX.Element => (
    <>
      {word} <Time at={at} far />
      {more}
    </>
  );
  if (endedAt !== null) return said('ended', endedAt);
  if (status === 'scheduled') return said('starts', startAt);
  if (status === 'paused') return resumesAt === null ? <>until it is resumed</> : said('resumes', resumesAt);
  if (cancelAtPeriodEnd) return said('ends', periodEnd);
  if (cancelAt !== null) return said('ends', cancelAt);
  if (pending !== null)
    return said('changes', periodEnd, <div className="soft">to {subscribedTo(catalogue, pending)}</div>);
  if (status === 'trialing' && trialEnd !== null) return said('trial ends', trialEnd);
  return said('renews', periodEnd);
}

interface TableProps {
  readonly rows: readonly Subscription[];
  readonly catalogue: Catalogue;
  /** Names of their customers by id, where it is told whose they are. */
  readonly customers?: ReadonlyMap<string, string>;
}

export function SubscriptionTable({ rows, catalogue, customers }: TableProps): JSX.Element {
  const whose = {
    head: 'Customer',
    cell: ({ customer }: Subscription) => (
      <a href={`#/customers/${encodeURIComponent(customer)}`}>{customers?.get(customer) ?? customer}</a>
    ),
  };
  return (
    <Table
      caption="Subscriptions"
      rows={rows}
      id={({ id }) => id}
      past={({ status }) => status === 'canceled'}
      columns={[
        ...(customers ? [whose] : []),
        {
          head: 'To',
          cell: (row) => (
            <>
              {subscribedTo(catalogue, row)}
              <div>
                <code className="soft">{row.id}</code>
              </div>
            </>
          ),
        },
        { head: 'State', cell: ({ status }) => <Tag tone={TONES[status]}>{status}</Tag> },
        { head: 'Next', cell: (row) => <Next subscription={row} catalogue={catalogue} /> },
        { head: 'Do', end: true, cell: (row) => <SubscriptionActions subscription={row} catalogue={catalogue} /> },
      ]}
    />
  );
}

const STEP = 50;

/** The newest subscriptions, and what their customers are called. */
async function read(limit: number) {
  const page = await some('subscriptions', { status: 'all' }, { limit });
  const ids = [...new Set(page.data.map(({ customer }) => customer))];
  const customers = await Promise.all(ids.map((id) => ask<CustomerObject>('customer', { id })));
  const named = customers.filter((customer) => !isGone(customer));
  return { ...page, customers: new Map(named.map((customer) => [customer.id, customerName(customer)])) };
}

export function Subscriptions(): JSX.Element {
  const [limit, setLimit] = useState(STEP);
  const catalogue = useCatalogue();
  const answer = useAnswer(() => read(limit), String(limit));
  return (
    <View title="Subscriptions" about="Who is subscribed to what. Start one at its customer.">
      <Shown of={catalogue}>
        {(named) => (
          <Shown of={answer}>
            {({ data, total, customers }) =>
              total === 0 ? (
                <Empty>
                  <p>
                    There is no subscription yet. Open a customer under <a href="#/customers">Customers</a> and
                    subscribe it to a price.
                  </p>
                </Empty>
              ) : (
                <>
                  <SubscriptionTable rows={data} catalogue={named} customers={customers} />
                  <More shown={data.length} total={total} onMore={() => setLimit(limit + STEP)} />
                </>
              )
            }
          </Shown>
        )}
      </Shown>
    </View>
  );
}
