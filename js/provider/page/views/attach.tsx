// Attaching a feature to a product, or to one price with what it gives there.

import { useState } from 'react';
import type { JSX } from 'react';

import type { Attachment, EntitlementTemplate, FeatureKind } from '../../../engine/billing.js';
import { command } from '../api.js';
import type { Catalogue } from '../catalogue.js';
import { Choose, FormDialog, jsonOf, numberOf, Text } from '../form.js';
import type { Choice, Values } from '../form.js';
import { offerName } from '../text.js';

const RESETS: readonly Choice[] = [
  ['period', 'Each billing period'],
  ['never', 'Never'],
  ['day', 'Each day'],
  ['week', 'Each week'],
  ['month', 'Each month'],
  ['year', 'Each year'],
];

const LIMITS: readonly Choice[] = [
  ['', 'Hard: more is refused'],
  ['soft', 'Soft: more is allowed, and told'],
];

/** What the feature's kind lets an attachment give. */
function templateOf(kind: FeatureKind, values: Values): object | undefined {
  if (kind === 'boolean') return undefined;
  const config = jsonOf(values, 'template.config');
  const limit = numberOf(values, 'template.limit');
  return {
    ...(config !== undefined && { config }),
    ...(kind === 'metered' && {
      ...(limit !== undefined && { limit }),
      soft: values['template.soft'] === 'soft',
      reset: values['template.reset'],
    }),
  };
}

/** The fields of a template; `now` is what stands there already. */
function TemplateFields({ kind, now }: { readonly kind: FeatureKind; readonly now?: EntitlementTemplate | null }) {
  if (kind === 'boolean') return null;
  return (
    <>
      {kind === 'metered' && (
        <>
          <Text
            name="template.limit"
            label="Allowance"
            inputMode="decimal"
            value={now?.limit === undefined ? '' : String(now.limit)}
            hint="How much may be used."
            also={['template']}
          />
          <Choose name="template.soft" label="At its end" choices={LIMITS} value={now?.soft ? 'soft' : ''} />
          <Choose name="template.reset" label="It starts again" choices={RESETS} value={now?.reset ?? 'period'} />
        </>
      )}
      <Text
        name="template.config"
        label="Values"
        lines={3}
        value={now?.config ? JSON.stringify(now.config) : ''}
        hint={'A JSON object, such as {"limitGB": 500}. May be left out.'}
        also={kind === 'static' ? ['template'] : []}
      />
    </>
  );
}

interface AttachProps {
  readonly catalogue: Catalogue;
  /** What is known already: the rest is asked for. */
  readonly feature?: string;
  readonly product?: string;
  readonly close: () => void;
}

export function Attach({ catalogue, feature: given, product, close }: AttachProps): JSX.Element {
  const features = catalogue.features.filter(({ active }) => active);
  const [chosen, setChosen] = useState(given ?? features[0]?.id ?? '');
  const kind = catalogue.features.find(({ id }) => id === chosen)?.type ?? 'boolean';
  const products = [...catalogue.products.values()].filter(({ id }) => product === undefined || id === product);
  const targets = products.flatMap(({ id, name }): Choice[] => [
    [`product ${id}`, `${name}: all its prices`],
    ...[...catalogue.prices.values()]
      .filter((price) => price.product === id && price.active)
      .map((price): Choice => [`price ${price.id}`, `Only ${offerName(catalogue, price.id)}`]),
  ]);
  return (
    <FormDialog
      title="Attach a feature"
      intro="Who subscribes is granted it. Existing subscriptions get it with their next period."
      submit="Attach"
      onClose={close}
      onSubmit={async (values) => {
        const [to = '', id] = (values['product'] ?? '').split(' ');
        const template = templateOf(kind, values);
        const what = { feature: chosen, ...(to && { [to]: id }), ...(template && { template }) };
        const { feature } = await command<Attachment>('attachment.create', what);
        return `${feature.key} is attached.`;
      }}
    >
      <Choose
        name="feature"
        label="Feature"
        choices={features.map(({ id, key }) => [id, key])}
        value={chosen}
        hint={features.length === 0 ? 'There is no active feature: create one first, under Features.' : undefined}
        onChoose={setChosen}
      />
      <Choose
        name="product"
        also={['price']}
        label="To"
        choices={targets}
        hint={
          targets.length === 0
            ? 'There is no product: create one first, under Products.'
            : 'Stripe attaches to products; Paygentic to single prices.'
        }
      />
      <TemplateFields kind={kind} />
    </FormDialog>
  );
}

interface EditProps {
  readonly attachment: Attachment;
  readonly close: () => void;
}

/** Changes what an attachment gives. */
export function EditTemplate({ attachment, close }: EditProps): JSX.Element {
  const { feature, id, template } = attachment;
  return (
    <FormDialog
      title={`What ${feature.key} gives here`}
      intro="Existing subscriptions get it with their next period."
      submit="Change"
      onClose={close}
      onSubmit={async (values) => {
        const next = { ...template, ...templateOf(feature.type, values) };
        await command('attachment.update', { id, template: next });
        return `${feature.key} gives something else now.`;
      }}
    >
      <TemplateFields kind={feature.type} now={template} />
    </FormDialog>
  );
}
