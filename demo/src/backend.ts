// The product's backend, as its pages ask it.
import type { Unlock } from 'plangate';

import { setAhead } from './clock.js';
import type { Customer } from './customers.js';
import type { Billing } from './features.js';

async function answerOf<T>(response: Response): Promise<T> {
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The server answered ${response.status}`);
  return answer;
}

/** Asks for something to be done. Rejects with the backend's words when it is refused. */
export async function post<T>(path: string, body: object = {}): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return answerOf(await fetch(path, init));
}

/** The customers, and what they have by now. */
export async function fetchCustomers(): Promise<Customer[]> {
  const { offset, customers } = await answerOf<{ offset: number; customers: Customer[] }>(await fetch('/customers'));
  setAhead(offset);
  return customers;
}

/** What a checkout is about. */
export interface Offer {
  readonly customer: string;
  readonly billing: Billing;
  readonly plan: string;
  readonly tagline?: string;
  readonly price: Unlock['prices'][number];
}

/** What is bought for a price. Rejects when there is no such customer or price. */
export const fetchOffer = async (query: URLSearchParams): Promise<Offer> =>
  answerOf(await fetch(`/checkout/offer?${query}`));

/** Moves the billing systems' time: by a duration such as P1M, or `period`: to the end of the customer's. */
export async function moveTime(customer: string, by: string): Promise<void> {
  const { offset } = await post<{ offset: number }>('/time', { customer, by });
  setAhead(offset);
}
