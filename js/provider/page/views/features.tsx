// Features: what can be granted.

import { useState } from 'react';
import type { JSX } from 'react';

import type { Feature, FeatureKind } from '../../../engine/billing.js';
import { command } from '../api.js';
import { useCatalogue } from '../catalogue.js';
import type { Catalogue } from '../catalogue.js';
import { Choose, FormDialog, Text } from '../form.js';
import type { Choice } from '../form.js';
import { Empty, Opener, Shown, Table, Tag, View } from '../parts.js';
import { KINDS, offerName, productName } from '../text.js';
import { Attach } from './attach.js';

const KIND_HINTS: Readonly<Record<FeatureKind, string>> = {
  boolean: 'A customer has it or not: Stripe’s kind, and Paygentic’s boolean.',
  static: 'It comes with values, such as {"limitGB": 500}. Paygentic’s kind; Stripe lists it as on.',
  metered: 'A customer may use so much of it each period. Paygentic’s kind; Stripe lists it as on.',
};

interface DialogProps {
  readonly catalogue: Catalogue;
  readonly close: () => void;
}

export function CreateFeature({ catalogue, close }: DialogProps): JSX.Element {
  const [kind, setKind] = useState<FeatureKind>('boolean');
  const kinds = Object.entries(KINDS) as Choice[];
  const products = [...catalogue.products.values()].map(({ id, name }): Choice => [id, `Only ${name}`]);
  return (
    <FormDialog
      title="Create a feature"
      intro="Your application asks for it by its key."
      submit="Create feature"
      onClose={close}
      onSubmit={async ({ key = '', name = '', type, product }) => {
        await command('feature.create', { key, name: name || key, type, ...(product && { product }) });
        return `The feature ${key} is there. Attach it to a product to grant it.`;
      }}
    >
      <Text name="key" label="Key" hint="At most 80 characters, such as sso-access. It cannot be changed later." />
      <Text name="name" label="Name" hint="For you: customers do not see it. Without one, the key is taken." />
      <Choose
        name="type"
        label="Kind"
        choices={kinds}
        hint={KIND_HINTS[kind]}
        onChoose={(value) => setKind(value as FeatureKind)}
      />
      <Choose
        name="product"
        label="Where the key counts"
        choices={[['', 'In all products (Stripe)'], ...products]}
        hint="Paygentic’s keys are unique in one product; Stripe’s in all of them."
      />
    </FormDialog>
  );
}

function Archive({ feature, close }: { readonly feature: Feature; readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title={`Archive ${feature.key}?`}
      intro="There is no way back. It cannot be edited or newly attached, and its key is free for another feature. Where it is attached it goes on to entitle."
      submit="Archive"
      danger
      onClose={close}
      onSubmit={async () => {
        await command('feature.update', { id: feature.id, active: false });
        return `${feature.key} is archived.`;
      }}
    />
  );
}

function Rename({ feature, close }: { readonly feature: Feature; readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title={`Rename ${feature.key}`}
      submit="Rename"
      onClose={close}
      onSubmit={async ({ name }) => {
        await command('feature.update', { id: feature.id, name });
        return `${feature.key} is called ${name} now.`;
      }}
    >
      <Text name="name" label="Name" value={feature.name} />
    </FormDialog>
  );
}

/** Where a feature is attached. */
function Places({ feature, catalogue }: { readonly feature: Feature; readonly catalogue: Catalogue }): JSX.Element {
  const places = catalogue.attachments.filter((each) => each.feature.id === feature.id);
  if (places.length === 0) return <span className="soft">nothing yet</span>;
  return (
    <ul className="plain">
      {places.map(({ id, price, product }) => (
        <li key={id}>{price === null ? productName(catalogue, product) : offerName(catalogue, price)}</li>
      ))}
    </ul>
  );
}

function Actions({ feature, catalogue }: { readonly feature: Feature; readonly catalogue: Catalogue }) {
  if (!feature.active) return null;
  return (
    <div className="actions">
      <Opener
        label="Attach"
        of={feature.key}
        dialog={(close) => <Attach catalogue={catalogue} feature={feature.id} close={close} />}
      />
      <Opener label="Rename" of={feature.key} dialog={(close) => <Rename feature={feature} close={close} />} />
      <Opener label="Archive" of={feature.key} dialog={(close) => <Archive feature={feature} close={close} />} />
    </div>
  );
}

export function Features(): JSX.Element {
  const catalogue = useCatalogue();
  const create = catalogue.data && (
    <Opener
      label="Create feature"
      primary
      dialog={(close) => <CreateFeature catalogue={catalogue.data as Catalogue} close={close} />}
    />
  );
  return (
    <View title="Features" about="What can be granted. Your application asks for them by key." actions={create}>
      <Shown of={catalogue}>
        {(data) =>
          data.features.length === 0 ? (
            <Empty>
              <p>There is no feature yet. Create one, such as sso-access, then attach it to a product.</p>
            </Empty>
          ) : (
            <Table
              caption="Features"
              rows={data.features}
              id={({ id }) => id}
              past={({ active }) => !active}
              columns={[
                { head: 'Key', cell: ({ key }) => <code className="key">{key}</code> },
                { head: 'Name', cell: ({ name }) => name },
                {
                  head: 'Kind',
                  cell: ({ type, product }) =>
                    KINDS[type] + (product === null ? '' : `, only ${productName(data, product)}`),
                },
                { head: 'Attached to', cell: (feature) => <Places feature={feature} catalogue={data} /> },
                {
                  head: 'State',
                  cell: ({ active }) => <Tag tone={active ? 'good' : 'past'}>{active ? 'active' : 'archived'}</Tag>,
                },
                {
                  head: 'Do',
                  end: true,
                  cell: (feature) => <Actions feature={feature} catalogue={data} />,
                },
              ]}
            />
          )
        }
      </Shown>
    </View>
  );
}
