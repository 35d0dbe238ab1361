// The page: one client, asked again whenever its answers may have changed.
import { createPlangate } from 'plangate';
import type { Diff, PlangateClient } from 'plangate';

import { showChart } from './chart.js';
import { BILLING, fetchCustomers, showCustomers, showPlan } from './customers.js';
import type { Customer } from './customers.js';
import { byId, fill } from './dom.js';
import { featuresOf, titleOf } from './features.js';
import type { Feature } from './features.js';
import { count, value } from './format.js';
import { announce, note } from './log.js';
import { Meters } from './meters.js';
import { startTheme } from './theme.js';
import { Tiles } from './tiles.js';
import type { AskUpgrade } from './tiles.js';
import { Trial } from './trial.js';
import { Upgrade } from './upgrade.js';
import type { Buy } from './upgrade.js';

const names = (keys: readonly string[]): string =>
  keys.length > 4 ? count(keys.length, 'feature') : keys.map(titleOf).join(', ');

async function post(address: string): Promise<void> {
  const response = await fetch(address, { method: 'POST' });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
}

/** The page of one visitor. */
class Page {
  #gate: PlangateClient;
  #customer: Customer;
  #features: readonly Feature[] = [];
  #tiles!: Tiles;
  #meters!: Meters;
  #trial: Trial;
  #upgrade: Upgrade;
  /** Another customer's list is on its way: what changes until then is not news. */
  #switching = false;
  /** Customers as they are since they bought a plan. */
  #bought = new Map<string, Customer>();

  constructor(gate: PlangateClient, customer: Customer) {
    this.#gate = gate;
    this.#customer = customer;
    this.#trial = new Trial(this.#askUpgrade, () => void this.#refresh());
    this.#upgrade = new Upgrade(gate, this.#buy);
    gate.on('change', (diff) => this.#changed(diff));
    gate.subscribe(() => !this.#switching && this.#show());
    this.#begin();
  }

  /** Turns to another customer. */
  async choose(customer: Customer): Promise<void> {
    this.#customer = this.#bought.get(customer.id) ?? customer;
    this.#switching = true;
    byId('main').ariaBusy = 'true';
    await this.#gate.setCustomer(customer.id);
    // A quicker choice may have overtaken this one; its own answer is what the page then shows.
    if (this.#customer.id !== customer.id) return;
    this.#switching = false;
    this.#begin();
  }

  /** Shows the customer anew, with tiles and meters of their own. */
  #begin(): void {
    this.#features = featuresOf(this.#customer.billing);
    this.#tiles = new Tiles(this.#features, this.#askUpgrade);
    this.#meters = new Meters(this.#gate, (message, allowed) => announce(allowed ? 'note' : 'revoked', message));
    this.#trial.clear();
    this.#show();
    const { info } = this.#gate;
    if (info)
      announce(
        'note',
        `${this.#customer.name}: ${count(info.entries, 'row')} from ${BILLING[this.#customer.billing]}, ${this.#openCount()} open.`,
      );
  }

  #openCount(): string {
    const open = this.#features.filter(({ key }) => this.#gate.hasFeature(key)).length;
    return `${open} of ${count(this.#features.length, 'feature')}`;
  }

  #show(): void {
    const { info } = this.#gate;
    const { name, plan, billing } = this.#customer;
    byId('main').ariaBusy = 'false';
    document.title = `${name} · Fathomline`;
    fill(byId('customer-name'), name);
    fill(
      byId('facts'),
      `${plan}, billed by ${BILLING[billing]}${info?.mode === 'test' ? ' (test mode)' : ''}. ${this.#openCount()} open.`,
    );
    showPlan(this.#customer);
    this.#tiles.show(this.#gate);
    this.#meters.show(this.#gate);
    this.#trial.show(this.#gate, this.#features);
    showChart(this.#gate, this.#askUpgrade);
  }

  #changed({ granted, revoked, configChanged }: Diff): void {
    if (this.#switching) return;
    if (granted.length) announce('granted', `Opened: ${names(granted)}.`);
    if (revoked.length) announce('revoked', `Closed: ${names(revoked)}.`);
    for (const { key, field, from, to } of configChanged) {
      if (from !== undefined && to !== undefined)
        note('changed', `${titleOf(key)}: ${field} ${value(from)} → ${value(to)}.`);
    }
    const ended = this.#features.filter(
      ({ key }) => revoked.includes(key) && this.#gate.check(key).reason === 'EXPIRED',
    );
    if (ended.length) this.#trial.ended(ended.map(({ key }) => key));
  }

  async #refresh(): Promise<void> {
    this.#trial.clear();
    if (await this.#gate.refresh()) note('note', 'The list was fetched again.');
  }

  #askUpgrade: AskUpgrade = (keys, title) => this.#upgrade.ask(keys, title);

  #buy: Buy = async (plan, keys) => {
    const customer = this.#customer;
    await post(`/checkout?${new URLSearchParams({ customer: customer.id, product: plan.productId })}`);
    this.#customer = { ...customer, plan: plan.name };
    this.#bought.set(customer.id, this.#customer);
    await this.#gate.refresh();
    if (!keys.every((key) => this.#gate.hasFeature(key))) throw new Error('The list does not have it yet');
    this.#trial.clear();
    this.#show();
  };
}

async function start(): Promise<void> {
  startTheme();
  const customers = await fetchCustomers();
  const asked = new URLSearchParams(location.search).get('customer');
  const first = customers.find(({ id }) => id === asked) ?? customers[0];
  if (!first) throw new Error('The server knows no customer');
  const gate = await createPlangate({
    url: (customer) => `/entitlements?customer=${encodeURIComponent(customer ?? '')}`,
    customer: first.id,
    onError: ({ code, message }) => announce('error', `${code}: ${message}`),
  });
  const page = new Page(gate, first);
  showCustomers(customers, first.id, (customer) => void page.choose(customer));
  byId('reset').addEventListener('click', () => void post('/reset').then(() => location.reload()));
}

start().catch((error: unknown) => {
  byId('main').ariaBusy = 'false';
  fill(byId('customer-name'), 'The product could not start');
  fill(byId('facts'), error instanceof Error ? error.message : 'Unknown error');
});
