// Products, their prices and plans, and the features attached to each.

import type { JSX } from 'react';

import type { Attachment, EntitlementTemplate, Plan, Price, Product } from '../../../engine/billing.js';
import { command, stripe } from '../api.js';
import { useCatalogue } from '../catalogue.js';
import type { Catalogue } from '../catalogue.js';
import { act } from '../notice.js';
import { Do, Empty, Opener, Shown, Tag, View } from '../parts.js';
import { priceText } from '../text.js';
import { Attach, EditTemplate } from './attach.js';
import { AddPlan, AddPrice, CreateProduct, DeleteProduct } from './product-forms.js';

/** What an attachment gives, in a few words. */
function templateText(template: EntitlementTemplate | null): string {
  if (template === null) return '';
  const { config, limit, soft, reset = 'period' } = template;
  const allowance = limit === undefined ? '' : `${limit.toLocaleString('en')} each ${reset}${soft ? ', soft' : ''}`;
  return [allowance, config ? JSON.stringify(config) : ''].filter((part) => part !== '').join(' ');
}

function Attached({ rows, of }: { readonly rows: readonly Attachment[]; readonly of: string }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <ul className="attached" aria-label={`Features of ${of}`}>
      {rows.map((attachment) => {
        const { id, feature, template } = attachment;
        const detach = (): void =>
          act(
            () => command('attachment.delete', { id }),
            `${feature.key} is detached: from the next period on it is gone.`,
          );
        return (
          <li key={id}>
            <code className="key">{feature.key}</code>
            {!feature.active && <Tag tone="past">archived</Tag>}
            <span className="soft">{templateText(template)}</span>
            <span className="actions">
              {feature.type !== 'boolean' && (
                <Opener
                  label="Edit"
                  of={`what ${feature.key} gives`}
                  dialog={(close) => <EditTemplate attachment={attachment} close={close} />}
                />
              )}
              <Do label="Detach" of={`${feature.key} from ${of}`} work={detach} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Switches something on or off. */
function Switch({
  of,
  name,
  active,
  work,
}: {
  of: string;
  name: string;
  active: boolean;
  work: (active: boolean) => Promise<unknown>;
}) {
  const told = active ? `${name} is off: nothing new can be made of it.` : `${name} is on again.`;
  return <Do label={active ? 'Archive' : 'Unarchive'} of={of} work={() => act(() => work(!active), told)} />;
}

function PriceRow({ price, catalogue }: { readonly price: Price; readonly catalogue: Catalogue }): JSX.Element {
  const name = priceText(price);
  const rows = catalogue.attachments.filter((each) => each.price === price.id);
  return (
    <li data-id={price.id} className={price.active ? undefined : 'past'}>
      <div className="line">
        <strong>{name}</strong>
        <code className="soft">{price.id}</code>
        {!price.active && <Tag tone="past">archived</Tag>}
        <span className="actions">
          <Switch
            of={name}
            name={name}
            active={price.active}
            work={(active) => stripe('POST', `prices/${price.id}`, { active })}
          />
        </span>
      </div>
      <Attached rows={rows} of={name} />
    </li>
  );
}

function PlanRow({ plan, catalogue }: { readonly plan: Plan; readonly catalogue: Catalogue }): JSX.Element {
  const prices = [...catalogue.prices.values()].filter((price) => price.plan === plan.id);
  return (
    <li data-id={plan.id} className={plan.active ? undefined : 'past'}>
      <div className="line">
        <strong>Plan {plan.name}</strong>
        <code className="soft">{plan.id}</code>
        {!plan.active && <Tag tone="past">archived</Tag>}
        <span className="actions">
          <Switch
            of={plan.name}
            name={plan.name}
            active={plan.active}
            work={(active) => command('plan.update', { id: plan.id, active })}
          />
        </span>
      </div>
      <ul className="prices">
        {prices.map((price) => (
          <PriceRow key={price.id} price={price} catalogue={catalogue} />
        ))}
      </ul>
    </li>
  );
}

function ProductCard({ product, catalogue }: { readonly product: Product; readonly catalogue: Catalogue }) {
  const { id, name, active, description } = product;
  const attached = catalogue.attachments.filter((each) => each.product === id && each.price === null);
  const prices = [...catalogue.prices.values()].filter((price) => price.product === id && price.plan === null);
  const plans = [...catalogue.plans.values()].filter((plan) => plan.product === id);
  const count = catalogue.attachments.filter((each) => each.product === id).length;
  return (
    <section className={active ? 'card' : 'card past'} data-id={id} aria-labelledby={`name-${id}`}>
      <header className="line">
        <h2 id={`name-${id}`}>{name}</h2>
        <code className="soft">{id}</code>
        {!active && <Tag tone="past">archived</Tag>}
        <span className="actions">
          {active && (
            <>
              <Opener
                label="Attach feature"
                of={`to ${name}`}
                dialog={(close) => <Attach catalogue={catalogue} product={id} close={close} />}
              />
              <Opener
                label="Add price"
                of={`to ${name}`}
                dialog={(close) => <AddPrice product={product} catalogue={catalogue} close={close} />}
              />
              <Opener
                label="Add plan"
                of={`to ${name}`}
                dialog={(close) => <AddPlan product={product} close={close} />}
              />
            </>
          )}
          <Switch
            of={name}
            name={name}
            active={active}
            work={(on) => stripe('POST', `products/${id}`, { active: on })}
          />
          <Opener label="Delete" of={name} dialog={(close) => <DeleteProduct product={product} close={close} />} />
        </span>
      </header>
      {description && <p className="soft">{description}</p>}
      {count === 0 && <p className="hint">No feature is attached: subscribing to it grants nothing.</p>}
      <Attached rows={attached} of={name} />
      <ul className="prices">
        {prices.map((price) => (
          <PriceRow key={price.id} price={price} catalogue={catalogue} />
        ))}
        {plans.map((plan) => (
          <PlanRow key={plan.id} plan={plan} catalogue={catalogue} />
        ))}
      </ul>
      {prices.length + plans.length === 0 && (
        <p className="hint">No price yet: add one, so that customers can subscribe. A price of 0 will do.</p>
      )}
    </section>
  );
}

export function Products(): JSX.Element {
  const catalogue = useCatalogue();
  const create = <Opener label="Create product" primary dialog={(close) => <CreateProduct close={close} />} />;
  return (
    <View title="Products" about="What customers subscribe to, and the features that come with it." actions={create}>
      <Shown of={catalogue}>
        {(data) =>
          data.products.size === 0 ? (
            <Empty>
              <p>There is no product yet. Create one with a price, then attach features to it.</p>
            </Empty>
          ) : (
            [...data.products.values()].map((product) => (
              <ProductCard key={product.id} product={product} catalogue={data} />
            ))
          )
        }
      </Shown>
    </View>
  );
}
