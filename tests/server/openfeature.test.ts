// OpenFeature's own evaluation scenarios (Gherkin), run on our server provider; and its change events.
import { readFileSync } from 'node:fs';

import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import type { Pickle, PickleStep } from '@cucumber/messages';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import type { Client, EvaluationDetails, JsonValue } from '@openfeature/server-sdk';
import { describe, expect, onTestFinished, test } from 'vitest';

import { plangateProvider } from '../../js/openfeature/server.js';
import { Billing, CATALOGUE, makeServer, until } from './harness.js';

interface TestFlag {
  readonly disabled?: boolean;
  readonly variants: Readonly<Record<string, unknown>>;
  readonly defaultVariant?: string | null;
  readonly flagMetadata?: object | null;
  readonly contextEvaluator?: string;
}

const read = (name: string): string =>
  readFileSync(new URL(`./conformance/openfeature/${name}`, import.meta.url), 'utf8');

/** What our provider cannot or need not say, each with its reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '@targeting': 'an entitlement depends on the customer alone: there are no rules over the context',
  '@context-handling': 'the same',
  '@reason-codes-cached': 'decisions are made from memory each time',
  '@provider-status-fatal': 'no state of a plangate server is beyond repair',
  '@hooks': "the SDK's own, whatever the provider",
  '@immutability': "the SDK's own",
  '@spec-1.7.1': "the SDK's own status table; ours are in the tests below",
};

/** The suite's flags as entitlements: a feature whose config has a `value`. */
function billingOfFlags(): Billing {
  const billing = new Billing();
  const flags = JSON.parse(read('test-flags.json')) as Record<string, TestFlag>;
  const plain = Object.entries(flags).filter(([, flag]) => flag.defaultVariant && !flag.contextEvaluator);
  for (const [featureKey, { variants, defaultVariant, disabled, flagMetadata }] of plain) {
    const variant = defaultVariant!;
    const config = { value: variants[variant], variant, ...(flagMetadata && { metadata: flagMetadata }) };
    const status = disabled ? 'expired' : 'active';
    billing.grant('cus_1', { id: featureKey, featureKey, type: 'static', config, status });
  }
  billing.catalogue = JSON.stringify({ features: plain.map(([key]) => ({ key })), products: [] });
  return billing;
}

function pickles(name: string): readonly Pickle[] {
  const newId = IdGenerator.uuid();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(read(name));
  return compile(document, name, newId);
}

type Kind = 'Boolean' | 'String' | 'Integer' | 'Float' | 'Object';

const parsers: Record<Kind, (text: string) => JsonValue> = {
  Boolean: (text) => text === 'true',
  String: (text) => text,
  Integer: Number,
  Float: Number,
  Object: (text) => JSON.parse(text.replaceAll('\\"', '"')) as JsonValue,
};

/** What one scenario knows. */
class World {
  client!: Client;
  kind: Kind = 'Boolean';
  key = '';
  fallback: JsonValue = null;
  details!: EvaluationDetails<JsonValue>;

  async evaluate(): Promise<void> {
    const { client, key, fallback } = this;
    const evaluate = {
      Boolean: () => client.getBooleanDetails(key, fallback as boolean),
      String: () => client.getStringDetails(key, fallback as string),
      Integer: () => client.getNumberDetails(key, fallback as number),
      Float: () => client.getNumberDetails(key, fallback as number),
      Object: () => client.getObjectDetails(key, fallback),
    };
    this.details = (await evaluate[this.kind]()) as EvaluationDetails<JsonValue>;
  }
}

type Step = [pattern: RegExp, run: (world: World, match: RegExpExecArray, step: PickleStep) => unknown];

const steps: Step[] = [
  [
    /^an? (stable|not ready) provider$/,
    async (world, [, state]) => {
      const domain = `gherkin-${Math.random()}`;
      const server = makeServer(billingOfFlags());
      const ready = state === 'stable' ? server.ready : () => new Promise<void>(() => {});
      const provider = plangateProvider({ ...server, ready });
      if (state === 'stable') await OpenFeature.setProviderAndWait(domain, provider);
      else OpenFeature.setProvider(domain, provider);
      world.client = OpenFeature.getClient(domain, { targetingKey: 'cus_1' } as never);
      world.client.setContext({ targetingKey: 'cus_1' });
    },
  ],
  [
    /^an? (\w+)-flag with key "(.*)" and a fallback value "(.*)"$/,
    (world, [, kind, key, fallback]) => {
      world.kind = kind as Kind;
      world.key = key!;
      world.fallback = parsers[world.kind](fallback!);
    },
  ],
  [/^the flag was evaluated with details( asynchronously)?$/, (world) => world.evaluate()],
  [
    /^the resolved details value should be "(.*)"$/,
    (world, [, text]) => expect(world.details.value).toEqual(parsers[world.kind](text!)),
  ],
  [/^the reason should be "(.*)"$/, (world, [, reason]) => expect(world.details.reason).toBe(reason)],
  [/^the error-code should be "(.*)"$/, (world, [, code]) => expect(world.details.errorCode).toBe(code)],
  [/^the flag key should be "(.*)"$/, (world, [, key]) => expect(world.details.flagKey).toBe(key)],
  [/^the variant should be "(.*)"$/, (world, [, variant]) => expect(world.details.variant).toBe(variant)],
  [/^the evaluation should complete without blocking$/, (world) => expect(world.details.errorCode).toBeUndefined()],
  [
    /^the resolved metadata should contain$/,
    (world, _, { argument }) => {
      for (const { cells } of argument!.dataTable!.rows.slice(1)) {
        const [key, kind, text] = cells.map(({ value }) => value) as [string, Kind, string];
        expect(world.details.flagMetadata[key]).toBe(parsers[kind](text));
      }
    },
  ],
];

async function runStep(world: World, step: PickleStep): Promise<void> {
  for (const [pattern, run] of steps) {
    const match = pattern.exec(step.text);
    if (match) return void (await run(world, match, step));
  }
  throw new Error(`no such step: ${step.text}`);
}

describe('OpenFeature specification', () => {
  const all = pickles('evaluation_v2.feature');
  const leftOut = (pickle: Pickle): boolean => pickle.tags.some(({ name }) => name in LEFT_OUT);
  const run = all.filter((pickle) => !leftOut(pickle));

  test('most scenarios are ours to pass', () => {
    expect(all.length).toBeGreaterThan(70);
    expect(run.length).toBeGreaterThan(45);
  });

  test.each(run.map((pickle, i) => [`${pickle.name} ${i}`, pickle] as const))('%s', async (_, pickle) => {
    onTestFinished(() => OpenFeature.clearProviders());
    const world = new World();
    for (const step of pickle.steps) await runStep(world, step);
  });
});

test('tells which flags changed when a list changes', async () => {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  const server = makeServer(billing);
  await OpenFeature.setProviderAndWait('changes', plangateProvider(server));
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient('changes');
  const told: (readonly string[] | undefined)[] = [];
  client.addHandler(ProviderEvents.ConfigurationChanged, (event) => void told.push(event?.flagsChanged));
  const context = { targetingKey: 'cus_1' };
  expect(await client.getBooleanValue('reports', true, context)).toBe(false);
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  await server.refresh('cus_1');
  await until(() => told.some((flags) => flags?.includes('reports')));
  expect(await client.getBooleanValue('reports', false, context)).toBe(true);
});

test('nobody to ask about, or a customer that cannot be read: the code default, with the reason why', async () => {
  const billing = new Billing();
  billing.failure = new Error('down');
  await OpenFeature.setProviderAndWait('failing', plangateProvider(makeServer(billing)));
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient('failing');
  const nobody = await client.getBooleanDetails('reports', false);
  expect(nobody).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' });
  const unknown = await client.getBooleanDetails('reports', false, { targetingKey: 'cus_1' });
  expect(unknown).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'GENERAL' });
});
