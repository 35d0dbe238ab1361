// Subscribing, changing, cancelling and pausing. What is allowed the provider says.

import type { JSX } from 'react';

import type { Customer, Subscription } from '../../../engine/billing.js';
import { command, Refused, stripe } from '../api.js';
import { offers } from '../catalogue.js';
import type { Catalogue } from '../catalogue.js';
import { Choose, FormDialog, numberOf, Text } from '../form.js';
import type { Choice } from '../form.js';
import { act } from '../notice.js';
import { Do, Opener } from '../parts.js';
import { offerName, subscribedTo } from '../text.js';

/** What a customer is called. */
export const customerName = ({ id, name, email, externalId }: Customer): string => name ?? email ?? externalId ?? id;

const offerChoices = (catalogue: Catalogue): readonly Choice[] =>
  offers(catalogue).map(([value, id, of]) => [
    value,
    of === 'price' ? offerName(catalogue, id) : subscribedTo(catalogue, { plan: id, items: [] }),
  ]);

function chosen(offer: string | undefined): { of: 'price' | 'plan'; id: string } {
  const [of = '', id = ''] = (offer ?? '').split(':');
  if (id === '') throw new Refused('NOTHING_CHOSEN', 'Create a product with a price first, under Products.', 'offer');
  return { of: of === 'plan' ? 'plan' : 'price', id };
}

interface SubscribeProps {
  readonly customer: Customer;
  readonly catalogue: Catalogue;
  readonly close: () => void;
}

export function Subscribe({ customer, catalogue, close }: SubscribeProps): JSX.Element {
  const choices = offerChoices(catalogue);
  return (
    <FormDialog
      title={`Subscribe ${customerName(customer)}`}
      submit="Subscribe"
      onClose={close}
      onSubmit={async (values) => {
        const { of, id } = chosen(values['offer']);
        const days = numberOf(values, 'trial_period_days');
        const quantity = numberOf(values, 'quantity');
        if (of === 'plan') {
          const plan = {
            plan: id,
            ...(days !== undefined && { trialDays: days }),
            ...(quantity !== undefined && { quantity }),
          };
          await command('subscription.create', { customer: customer.id, ...plan });
        } else {
          const form = { 'items[0][price]': id, 'items[0][quantity]': quantity, trial_period_days: days };
          await stripe('POST', 'subscriptions', { customer: customer.id, ...form });
        }
        return `${customerName(customer)} is subscribed: see the entitlements.`;
      }}
    >
      <Choose
        name="offer"
        also={['items[0][price]', 'plan', 'items']}
        label="To"
        choices={choices}
        hint={
          choices.length === 0
            ? 'There is nothing to subscribe to: create a product with a price, under Products.'
            : undefined
        }
      />
      <Text name="quantity" also={['items[0][quantity]']} label="Quantity" inputMode="numeric" value="1" />
      <Text
        name="trial_period_days"
        also={['trialDays', 'trialEnd', 'trial_end']}
        label="Trial, days"
        inputMode="numeric"
        hint="May be left out. Entitlements are granted from the first day of a trial."
      />
    </FormDialog>
  );
}

interface OfProps {
  readonly subscription: Subscription;
  readonly catalogue: Catalogue;
  readonly close: () => void;
}

const WHEN: readonly Choice[] = [
  ['now', 'Now'],
  ['period_end', 'At the end of the period'],
];

function ChangeOffer({ subscription, catalogue, close }: OfProps): JSX.Element {
  const { id, items } = subscription;
  return (
    <FormDialog
      title="Change what is subscribed to"
      intro={`Now it is ${subscribedTo(catalogue, subscription)}. An upgrade is usual at once, a downgrade at the end of the period.`}
      submit="Change"
      onClose={close}
      onSubmit={async ({ offer, when }) => {
        const to = chosen(offer);
        const [first] = items;
        const next = to.of === 'plan' ? { plan: to.id } : { items: [{ ...(first && { id: first.id }), price: to.id }] };
        await command('subscription.update', { id, when, ...next });
        return when === 'now' ? 'Changed: the entitlements follow.' : 'It changes at the end of the period.';
      }}
    >
      <Choose name="offer" also={['items[0].price', 'items', 'plan']} label="To" choices={offerChoices(catalogue)} />
      <Choose name="when" label="When" choices={WHEN} />
    </FormDialog>
  );
}

function Cancel({ subscription, catalogue, close }: OfProps): JSX.Element {
  return (
    <FormDialog
      title="Cancel the subscription?"
      intro={`${subscribedTo(catalogue, subscription)}. Its entitlements end with it.`}
      submit="Cancel subscription"
      danger
      onClose={close}
      onSubmit={async ({ when }) => {
        await command('subscription.cancel', { id: subscription.id, when });
        return when === 'now' ? 'The subscription has ended.' : 'It ends with its period.';
      }}
    >
      <Choose name="when" label="When" choices={[...WHEN].reverse()} />
    </FormDialog>
  );
}

interface ActionsProps {
  readonly subscription: Subscription;
  readonly catalogue: Catalogue;
}

/** What can be done with a subscription that has not ended. */
export function SubscriptionActions({ subscription, catalogue }: ActionsProps): JSX.Element | null {
  const { id, status, cancelAtPeriodEnd } = subscription;
  if (status === 'canceled') return null;
  const does = (name: string, members: object, told: string) => (): void =>
    act(() => command(name, { id, ...members }), told);
  return (
    <div className="actions">
      <Opener
        label="Change"
        of={id}
        dialog={(close) => <ChangeOffer subscription={subscription} catalogue={catalogue} close={close} />}
      />
      {status === 'paused' ? (
        <Do label="Resume" of={id} work={does('subscription.resume', {}, 'It goes on: a new period begins.')} />
      ) : (
        <Do label="Pause" of={id} work={does('subscription.pause', {}, 'It is paused: its entitlements rest.')} />
      )}
      {cancelAtPeriodEnd && (
        <Do
          label="Keep"
          of={id}
          work={does('subscription.update', { cancelAtPeriodEnd: false }, 'It is kept: it renews again.')}
        />
      )}
      <Opener
        label="Cancel"
        of={id}
        dialog={(close) => <Cancel subscription={subscription} catalogue={catalogue} close={close} />}
      />
    </div>
  );
}
