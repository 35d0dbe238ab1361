// OpenFeature's own evaluation scenarios (Gherkin): one runner for our server and our web provider.
import { readFileSync } from 'node:fs';

import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import type { Pickle, PickleStep } from '@cucumber/messages';
import type { EvaluationDetails, JsonValue } from '@openfeature/core';
import { describe, expect, test } from 'vitest';

interface TestFlag {
  readonly disabled?: boolean;
  readonly variants: Readonly<Record<string, unknown>>;
  readonly defaultVariant?: string | null;
  readonly flagMetadata?: object | null;
  readonly contextEvaluator?: string;
}

type Details<T extends JsonValue> = EvaluationDetails<T> | Promise<EvaluationDetails<T>>;

/** What the scenarios need of a client of either SDK. */
export interface FlagClient {
  getBooleanDetails(key: string, fallback: boolean): Details<boolean>;
  getStringDetails(key: string, fallback: string): Details<string>;
  getNumberDetails(key: string, fallback: number): Details<number>;
  getObjectDetails(key: string, fallback: JsonValue): Details<JsonValue>;
}

/** How a client comes by its provider. It ends with the test. */
export type Connect = (state: 'stable' | 'not ready') => Promise<FlagClient>;

const read = (name: string): string =>
  readFileSync(new URL(`../server/conformance/openfeature/${name}`, import.meta.url), 'utf8');

/** What our provider cannot or need not say, each with its reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '@targeting': 'an entitlement depends on the customer alone: there are no rules over the context',
  '@context-handling': 'the same',
  '@reason-codes-cached': 'decisions are made from memory each time',
  '@provider-status-fatal': 'no state of a plangate client or server is beyond repair',
  '@hooks': "the SDK's own, whatever the provider",
  '@immutability': "the SDK's own",
  '@spec-1.7.1': "the SDK's own status table; ours are in the tests below",
};

/** The suite's flags as entitlements (a feature whose config has a `value`), and the catalogue that knows them. */
export function flagEntitlements(): { rows: Record<string, unknown>[]; catalogue: object } {
  const flags = JSON.parse(read('test-flags.json')) as Record<string, TestFlag>;
  const plain = Object.entries(flags).filter(([, flag]) => flag.defaultVariant && !flag.contextEvaluator);
  const rows = plain.map(([featureKey, { variants, defaultVariant, disabled, flagMetadata }]) => {
    const variant = defaultVariant!;
    const config = { value: variants[variant], variant, ...(flagMetadata && { metadata: flagMetadata }) };
    return { id: featureKey, featureKey, type: 'static', config, status: disabled ? 'expired' : 'active' };
  });
  return { rows, catalogue: { features: plain.map(([key]) => ({ key })), products: [] } };
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
  client!: FlagClient;
  kind: Kind = 'Boolean';
  key = '';
  fallback: JsonValue = null;
  details!: EvaluationDetails<JsonValue>;
  readonly connect: Connect;

  constructor(connect: Connect) {
    this.connect = connect;
  }

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
      world.client = await world.connect(state as 'stable');
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

/** Runs the scenarios, but for those that are not ours to pass. */
export function describeEvaluation(connect: Connect): void {
  describe('OpenFeature specification', () => {
    const all = pickles('evaluation_v2.feature');
    const run = all.filter((pickle) => !pickle.tags.some(({ name }) => name in LEFT_OUT));

    test('most scenarios are ours to pass', () => {
      expect(all.length).toBeGreaterThan(70);
      expect(run.length).toBeGreaterThan(45);
    });

    test.each(run.map((pickle, i) => [`${pickle.name} ${i}`, pickle] as const))('%s', async (_, pickle) => {
      const world = new World(connect);
      for (const step of pickle.steps) await runStep(world, step);
    });
  });
}
