// The page: one client, asked again whenever its answers may have changed.
import { createPlangate } from 'plangate';
import type { Diff, Part, PlangateClient } from 'plangate';
import { live } from 'plangate/live';

import { fetchCustomers, post } from './backend.js';
import { showChart } from './chart.js';
import { clock } from './clock.js';
import { BILLING, showCustomers, showPlan } from './customers.js';
import type { Customer } from './customers.js';
import { Desk } from './desk.js';
import { byId, fill } from './dom.js';
import { featuresOf, titleOf } from './features.js';
import type { Feature } from './features.js';
import { count, date, value } from './format.js';
import { announce, note } from './log.js';
import { Meters } from './meters.js';
import { startTheme } from './theme.js';
import { Tiles } from './tiles.js';
import type { AskUpgrade } from './tiles.js';
import { Trial } from './trial.js';
import { Upgrade } from './upgrade.js';

const names = (keys: readonly string[]): string =>
  keys.length > 4 ? count(keys.length, 'feature') : keys.map(titleOf).join(', ');

const CHECKOUT_MS = 10_000;

/** Where a customer's list is. A product asks its session who is signed in; here the page may choose. */
const listOf = ({ id, billing }: Customer): string => `/${billing}/entitlements?customer=${encodeURIComponent(id)}`;

/** The page of one visitor. */
class Page {
  #gate: PlangateClient;
  #customer: Customer;
  #chosen: string;
  #features: readonly Feature[] = [];
  #tiles!: Tiles;
  #meters!: Meters;
  #trial: Trial;
  #upgrade: Upgrade;
  /** Another customer's list is on its way: what changes until then is not news. */
  #switching = false;
  #desk: Desk;
  /** Which list is shown: when it was fetched from the billing system. */
  #asOf: number | undefined;
  /** How often the customer's plan was asked for, and the latest of these questions that is answered. */
  #asked = 0;
  #answered = 0;

  constructor(gate: PlangateClient, customer: Customer, desk: Desk) {
    this.#gate = gate;
    this.#desk = desk;
    this.#customer = customer;
    this.#chosen = customer.id;
    this.#trial = new Trial(this.#askUpgrade, () => void this.#startTrial());
    this.#upgrade = new Upgrade(gate, () => this.#customer.id);
    gate.on('change', (diff) => this.#changed(diff));
    gate.subscribe(() => !this.#switching && this.#updated());
    this.#begin();
  }

  /** Turns to another customer. */
  async choose(id: string): Promise<void> {
    this.#chosen = id;
    this.#answered = ++this.#asked;
    this.#switching = true;
    byId('main').ariaBusy = 'true';
    // The plan may be another one since the page was opened.
    const [customers] = await Promise.all([fetchCustomers(), this.#gate.setCustomer(id)]);
    const customer = customers.find((one) => one.id === id);
    // A quicker choice may have overtaken this one; its own answer is what the page then shows.
    if (!customer || this.#chosen !== id) return;
    this.#customer = customer;
    this.#switching = false;
    this.#begin();
  }

  /** Shows the customer anew, with tiles and meters of their own. */
  #begin(): void {
    this.#features = featuresOf(this.#customer.billing);
    this.#tiles = new Tiles(this.#features, this.#askUpgrade);
    this.#meters = new Meters(this.#gate, this.#customer.id, (message, allowed) =>
      announce(allowed ? 'note' : 'revoked', message),
    );
    this.#trial.clear();
    this.#show();
    const { info } = this.#gate;
    this.#asOf = info?.asOf;
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
    const { name, plan, billing, endsAt } = this.#customer;
    byId('main').ariaBusy = 'false';
    document.title = `${name} · Fathomline`;
    fill(byId('customer-name'), name);
    fill(
      byId('facts'),
      `${plan}, billed by ${BILLING[billing]}${info?.mode === 'test' ? ' (test mode)' : ''}. ${this.#openCount()} open.${endsAt === null ? '' : ` Ends on ${date(endsAt)}.`}`,
    );
    showPlan(this.#customer);
    this.#tiles.show(this.#gate);
    this.#meters.show(this.#gate);
    this.#desk.show(this.#customer);
    this.#trial.show(this.#gate, this.#features, this.#customer.trial);
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
      ({ key }) => revoked.includes(key) && ['EXPIRED', 'CANCELED'].includes(this.#gate.check(key).reason),
    );
    if (ended.length && this.#trial.isOver) this.#trial.ended(ended.map(({ key }) => key));
  }

  /** The answers may have changed: by time alone, or with another list. */
  #updated(): void {
    this.#show();
    const { info } = this.#gate;
    if (!info || info.asOf === this.#asOf) return;
    this.#asOf = info.asOf;
    this.#meters.forget();
    this.#desk.arrived();
    // The name of the plan is not in the list.
    void this.#renew().catch((error: unknown) => note('error', String(error)));
  }

  async #renew(): Promise<void> {
    const { id } = this.#customer;
    const mine = ++this.#asked;
    const customer = (await fetchCustomers()).find((one) => one.id === id);
    // Answers may overtake each other: an older one says what was.
    if (!customer || this.#customer.id !== id || this.#switching || mine < this.#answered) return;
    this.#answered = mine;
    this.#customer = customer;
    this.#show();
  }

  async #startTrial(): Promise<void> {
    try {
      await post('/billing/start-trial', { customer: this.#customer.id });
      this.#trial.begun();
    } catch (error) {
      announce('error', String(error));
    }
  }

  #askUpgrade: AskUpgrade = (keys, title) => this.#upgrade.ask(keys, title);

  /** Back from the checkout: the webhook is on its way; whoever has paid need not wait for a later moment to hear of it. */
  async returned(bought: readonly string[]): Promise<void> {
    const keys = this.#features.map(({ key }) => key).filter((key) => bought.includes(key));
    history.replaceState(null, '', `/?customer=${encodeURIComponent(this.#customer.id)}`);
    const opened = await this.#gate.refreshUntil((gate) => keys.every((key) => gate.hasFeature(key)), {
      timeoutMs: CHECKOUT_MS,
    });
    await this.#renew();
    if (opened) announce('granted', `Welcome to ${this.#customer.plan}. ${this.#openCount()} open.`);
    else announce('error', 'The purchase is being processed. This page will follow.');
  }
}

async function start(): Promise<void> {
  startTheme();
  const customers = await fetchCustomers();
  const asked = new URLSearchParams(location.search).get('customer');
  const first = customers.find(({ id }) => id === asked) ?? customers[0];
  if (!first) throw new Error('The server knows no customer');
  const desk = new Desk();
  const origins: Part = (host) => void host.on('list', ({ origin }) => desk.came(origin));
  const gate = await createPlangate({
    url: (id) => listOf(customers.find((customer) => customer.id === id) ?? first),
    customer: first.id,
    clock,
    // The list comes by the server's event stream from now on, to one tab, and from it to the others.
    use: [live(), origins],
    onError: ({ code, message }) => announce('error', `${code}: ${message}`),
  });
  const page = new Page(gate, first, desk);
  showCustomers(customers, first.id, ({ id }) => {
    page.choose(id).catch((error: unknown) => announce('error', String(error)));
  });
  const bought = new URLSearchParams(location.search).get('bought');
  if (bought !== null) page.returned(bought.split(',')).catch((error: unknown) => announce('error', String(error)));
  byId('reset').addEventListener('click', () => void fetch('/reset', { method: 'POST' }).then(() => location.reload()));
}

start().catch((error: unknown) => {
  byId('main').ariaBusy = 'false';
  fill(byId('customer-name'), 'The product could not start');
  fill(byId('facts'), error instanceof Error ? error.message : 'Unknown error');
});
