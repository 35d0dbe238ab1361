// Features as a `.d.ts` that declares PlangateFeatures. What is read here is plangate's own snapshot, as the core wrote it.
import type { JsonObject } from '../../engine/types.js';
import { inOrder, memberName, typeOfConfigs } from './shapes.js';

interface Attached {
  readonly key?: unknown;
  readonly config?: unknown;
}

interface Product {
  readonly features?: readonly Attached[];
  readonly prices?: readonly { readonly features?: readonly Attached[] }[];
}

interface Snapshot {
  readonly entitlements: readonly { readonly featureKey: string; readonly config?: JsonObject | null }[];
  readonly catalogue?: {
    readonly features?: readonly { readonly key?: unknown; readonly name?: unknown; readonly archived?: unknown }[];
    readonly products?: readonly Product[];
  };
}

interface Feature {
  name?: string;
  archived?: true;
  readonly configs: JsonObject[];
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What comes with a product, and with its prices. */
const attachedOf = ({ features = [], prices = [] }: Product): readonly Attached[] => [
  ...features,
  ...prices.flatMap((price) => price.features ?? []),
];

/** Every feature that the snapshots (the core's JSON) or their catalogues name, by key. */
export function featuresOf(snapshots: readonly string[]): Map<string, Feature> {
  const features = new Map<string, Feature>();
  const feature = (key: string): Feature => {
    let known = features.get(key);
    if (!known) features.set(key, (known = { configs: [] }));
    return known;
  };
  for (const text of snapshots) {
    const { entitlements, catalogue = {} } = JSON.parse(text) as Snapshot;
    for (const { featureKey, config } of entitlements)
      if (config) feature(featureKey).configs.push(config);
      else feature(featureKey);
    for (const { key, name, archived } of catalogue.features ?? []) {
      if (typeof key !== 'string') continue;
      const known = feature(key);
      if (typeof name === 'string') known.name = name;
      if (archived === true) known.archived = true;
    }
    for (const { key, config } of (catalogue.products ?? []).flatMap(attachedOf)) {
      if (typeof key !== 'string') continue;
      if (isObject(config)) feature(key).configs.push(config);
      else feature(key);
    }
  }
  return features;
}

/** What a comment may hold: one line, that does not end it. */
const commented = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('*/', '* /').trim();

function memberText([key, { name, archived, configs }]: [string, Feature]): string {
  const said = [name === undefined ? '' : commented(name), archived ? '@deprecated archived' : ''].filter(Boolean);
  const comment = said.length > 0 ? `    /** ${said.join(' ')} */\n` : '';
  return `${comment}    ${memberName(key)}: ${typeOfConfigs(configs, '    ') ?? 'true'};\n`;
}

/** The file. `command` is how it is made again. */
export function declarationOf(features: ReadonlyMap<string, Feature>, command: string): string {
  const members = [...features].sort(inOrder).map(memberText).join('');
  return `// Generated. Do not edit: run this again when features or plans have changed.
//   ${commented(command)}
import 'plangate';

declare module 'plangate' {
  interface PlangateFeatures {
${members}  }
}
`;
}
