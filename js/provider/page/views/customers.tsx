// Customers: a list to find one in.

import { useState } from 'react';
import type { FormEvent, JSX } from 'react';

import type { Customer, Page } from '../../../engine/billing.js';
import { ask, command, isGone, some, stripe } from '../api.js';
import { Choose, FormDialog, Text } from '../form.js';
import type { Choice } from '../form.js';
import { useAnswer } from '../live.js';
import { Empty, Opener, Shown, Table, Time, View } from '../parts.js';
import { More } from './more.js';
import { customerName } from './subscription-forms.js';

const STEP = 50;

/** Customers by email, external id or id: whichever the words are. Without words: all, newest first. */
async function find(words: string, limit: number): Promise<Page<Customer>> {
  if (words === '') return some('customers', {}, { limit });
  const [byEmail, byExternalId] = await Promise.all([
    some('customers', { email: words }, { limit }),
    some('customers', { externalId: words }, { limit }),
  ]);
  const found = new Map([...byEmail.data, ...byExternalId.data].map((row) => [row.id, row]));
  if (found.size === 0) {
    const byId = await ask<Customer>('customer', { id: words }).catch(() => undefined);
    if (byId) found.set(byId.id, byId);
  }
  return { data: [...found.values()], hasMore: false, total: found.size, limit, offset: 0 };
}

function CreateCustomer({ close }: { readonly close: () => void }): JSX.Element {
  const clocks = useAnswer(() => some('clocks', {}, { limit: 100 }));
  const choices = (clocks.data?.data ?? []).map(({ id, name }): Choice => [id, name ?? id]);
  return (
    <FormDialog
      title="Create a customer"
      submit="Create customer"
      onClose={close}
      onSubmit={async ({ name = '', email = '', externalId, test_clock: clock }) => {
        // An external id is Paygentic's: Stripe's API has no word for it.
        if (externalId) {
          const known = { ...(name && { name }), ...(email && { email }), ...(clock && { clock }) };
          await command('customer.create', { externalId, ...known });
        } else await stripe('POST', 'customers', { name, email, test_clock: clock });
        return 'The customer is there. Open it and subscribe it.';
      }}
    >
      <Text name="name" label="Name" />
      <Text name="email" label="Email" type="email" hint="May be left out." />
      <Text
        name="externalId"
        label="External id"
        hint="Your own id of the customer, as Paygentic keeps it. May be left out."
      />
      {choices.length > 0 && (
        <Choose
          name="test_clock"
          also={['clock']}
          label="Time"
          choices={[['', 'The provider’s'], ...choices]}
          hint="A customer with a test clock lives in that clock’s time."
        />
      )}
    </FormDialog>
  );
}

function Search({ onSearch }: { readonly onSearch: (words: string) => void }): JSX.Element {
  const search = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSearch(String(new FormData(event.currentTarget).get('words') ?? '').trim());
  };
  return (
    <form role="search" className="search" onSubmit={search}>
      <label htmlFor="words">Id, email or external id</label>
      <input id="words" name="words" type="search" autoComplete="off" />
      <button type="submit" className="quiet">
        Find
      </button>
    </form>
  );
}

export function Customers(): JSX.Element {
  const [words, setWords] = useState('');
  const [limit, setLimit] = useState(STEP);
  const answer = useAnswer(() => find(words, limit), `${limit} ${words}`);
  const create = <Opener label="Create customer" primary dialog={(close) => <CreateCustomer close={close} />} />;
  return (
    <View title="Customers" about="Open one to subscribe it and to see what it may use." actions={create}>
      <Search onSearch={setWords} />
      <Shown of={answer}>
        {({ data, total }) =>
          total === 0 ? (
            <Empty>
              <p>{words === '' ? 'There is no customer yet. Create one.' : `No customer is “${words}”.`}</p>
            </Empty>
          ) : (
            <>
              <Table
                caption="Customers"
                rows={data.filter((row) => !isGone(row))}
                id={({ id }) => id}
                columns={[
                  {
                    head: 'Customer',
                    cell: (row) => <a href={`#/customers/${encodeURIComponent(row.id)}`}>{customerName(row)}</a>,
                  },
                  { head: 'Id', cell: ({ id }) => <code className="soft">{id}</code> },
                  { head: 'Email', cell: ({ email }) => email ?? <span className="soft">–</span> },
                  { head: 'External id', cell: ({ externalId }) => externalId ?? <span className="soft">–</span> },
                  { head: 'Since', cell: ({ created }) => <Time at={created} /> },
                ]}
              />
              <More shown={data.length} total={total} onMore={() => setLimit(limit + STEP)} />
            </>
          )
        }
      </Shown>
    </View>
  );
}
