// The TypeScript type that a set of JSON values has.
import type { JsonObject, JsonValue } from '../../engine/types.js';

/** What was seen at one place. */
interface Shape {
  /** Plain types, and `'unlimited'` by its own name. */
  readonly plain: Set<'string' | "'unlimited'" | 'number' | 'boolean' | 'null'>;
  /** Elements of all arrays seen here. */
  elements: Shape | undefined;
  /** Members of all objects seen here, and how many of the objects had each. */
  members: Map<string, { readonly shape: Shape; seen: number }> | undefined;
  objects: number;
}

const empty = (): Shape => ({ plain: new Set(), elements: undefined, members: undefined, objects: 0 });

function see(shape: Shape, value: JsonValue): void {
  if (value === null) shape.plain.add('null');
  else if (Array.isArray(value)) {
    const elements = (shape.elements ??= empty());
    for (const element of value) see(elements, element);
  } else if (typeof value === 'object') seeObject(shape, value);
  // A word of its own in the rules: a limit of "unlimited" is no text.
  else if (value === 'unlimited') shape.plain.add("'unlimited'");
  else shape.plain.add(typeof value as 'string' | 'number' | 'boolean');
}

function seeObject(shape: Shape, value: JsonObject): void {
  const members = (shape.members ??= new Map<string, { shape: Shape; seen: number }>());
  shape.objects += 1;
  for (const [name, member] of Object.entries(value)) {
    let known = members.get(name);
    if (!known) members.set(name, (known = { shape: empty(), seen: 0 }));
    known.seen += 1;
    see(known.shape, member);
  }
}

/** By code units: the same order on every machine. */
export const inOrder = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number =>
  a < b ? -1 : Number(a > b);

/** A text as a literal in single quotes. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** A member's name, quoted where it has to be. */
export const memberName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

function textOf(shape: Shape, indent: string): string {
  const { plain, elements, members } = shape;
  const parts: string[] = (['string', "'unlimited'", 'number', 'boolean'] as const).filter(
    (kind) => plain.has(kind) && !(kind === "'unlimited'" && plain.has('string')),
  );
  if (elements) parts.push(arrayText(textOf(elements, indent)));
  if (members) parts.push(membersText(members, shape.objects, indent));
  if (plain.has('null')) parts.push('null');
  return parts.join(' | ') || 'never';
}

const arrayText = (element: string): string => (/ \| /.test(element) ? `(${element})[]` : `${element}[]`);

function membersText(members: NonNullable<Shape['members']>, objects: number, indent: string): string {
  if (members.size === 0) return 'Record<string, never>';
  const deeper = `${indent}  `;
  const lines = [...members]
    .sort(inOrder)
    .map(
      ([name, { shape, seen }]) =>
        `${deeper}${memberName(name)}${seen < objects ? '?' : ''}: ${textOf(shape, deeper)};\n`,
    );
  return `{\n${lines.join('')}${indent}}`;
}

/**
 * The type of all these configs: fields that some lack are optional, values of several types are unions. Undefined: no config has a
 * field, so there is nothing to declare.
 */
export function typeOfConfigs(configs: readonly JsonObject[], indent: string): string | undefined {
  const shape = empty();
  for (const config of configs) seeObject(shape, config);
  return shape.members?.size ? membersText(shape.members, shape.objects, indent) : undefined;
}
