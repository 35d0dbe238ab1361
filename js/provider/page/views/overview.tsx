// The first view: what to do first, and what an application needs to reach the provider.

import type { JSX } from 'react';

import { control, some } from '../api.js';
import type { Info } from '../api.js';
import { useAnswer } from '../live.js';
import { Copy, Shown, Tag, View } from '../parts.js';

interface Counts {
  readonly features: number;
  readonly attachments: number;
  readonly customers: number;
  readonly subscriptions: number;
}

async function read(): Promise<{ info: Info; counts: Counts }> {
  const count = async (kind: 'features' | 'attachments' | 'customers'): Promise<number> =>
    (await some(kind, {}, { limit: 1 })).total;
  const [info, features, attachments, customers, subscriptions] = await Promise.all([
    control<Info>('info'),
    count('features'),
    count('attachments'),
    count('customers'),
    some('subscriptions', { status: 'all' }, { limit: 1 }),
  ]);
  return { info, counts: { features, attachments, customers, subscriptions: subscriptions.total } };
}

const STEPS: readonly (readonly [keyof Counts, string, string, string])[] = [
  ['features', 'Create a feature', 'features', 'What your application asks for, by a key such as sso-access.'],
  [
    'attachments',
    'Attach it to a product',
    'products',
    'Create a product with a price, then attach the feature to it.',
  ],
  ['customers', 'Create a customer', 'customers', 'Your application asks by the customer’s id.'],
  ['subscriptions', 'Subscribe the customer', 'customers', 'Open it and subscribe it: the entitlement appears.'],
];

function Steps({ counts }: { readonly counts: Counts }): JSX.Element {
  return (
    <ol className="steps">
      {STEPS.map(([kind, text, where, why]) => (
        <li key={kind}>
          <p>
            <a href={`#/${where}`}>{text}</a>{' '}
            {counts[kind] > 0 && <Tag tone="good">done, {counts[kind].toLocaleString('en')}</Tag>}
          </p>
          <p className="soft">{why}</p>
        </li>
      ))}
    </ol>
  );
}

export function Overview(): JSX.Element {
  const answer = useAnswer(read);
  return (
    <View title="Overview" about="A billing system on your own machine. Nothing here is charged.">
      <Shown of={answer}>
        {({ info, counts }) => (
          <>
            <section className="card" aria-labelledby="steps">
              <h2 id="steps">From nothing to an entitlement</h2>
              <Steps counts={counts} />
            </section>
            <section className="card" aria-labelledby="reach">
              <h2 id="reach">For your application</h2>
              <dl className="keys">
                <dt>Address of both APIs</dt>
                <dd>
                  <Copy text={location.origin} what="the address" />
                </dd>
                <dt>Test key</dt>
                <dd>
                  <Copy text={info.apiKey} what="the test key" />
                </dd>
                <dt>Signing secret of endpoints given at the start</dt>
                <dd>
                  <Copy text={info.webhookSecret} what="the signing secret" />
                </dd>
              </dl>
            </section>
          </>
        )}
      </Shown>
    </View>
  );
}
