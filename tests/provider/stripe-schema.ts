// Checks answers against what Stripe publishes: schemas where there are some, else the members of its example objects.
import { readFileSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';

type Json = Record<string, unknown>;

const read = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`conformance/${name}`, import.meta.url), 'utf8')) as Json;

const { $defs } = read('stripe-schemas.json') as { $defs: Json };
const { resources } = read('stripe-fixtures.json') as { resources: Record<string, Json> };

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'stripe', $defs });

function validator(name: string): ValidateFunction | undefined {
  return name in $defs ? ajv.getSchema(`stripe#/$defs/${name}`) : undefined;
}

/** Members that Stripe's example does not have, or that come and go. */
const OTHERWISE: Record<string, { extra?: string[]; absent?: string[] }> = {
  webhook_endpoint: { extra: ['secret'] },
  customer: { extra: ['subscriptions', 'business_name', 'individual_name'] },
  subscription: {
    absent: ['managed_payments', 'billing_schedules'],
    extra: ['current_period_start', 'current_period_end'],
  },
  event: { extra: ['data'] },
};

function checkMembers(name: string, value: Json): string[] {
  const example = resources[name];
  if (!example) return [`no schema and no example for ${name}`];
  const { extra = [], absent = [] } = OTHERWISE[name] ?? {};
  return [
    ...Object.keys(value)
      .filter((key) => !(key in example) && !extra.includes(key))
      .map((key) => `${name}.${key} is not Stripe's`),
    ...Object.keys(example)
      .filter((key) => !(key in value) && !absent.includes(key))
      .map((key) => `${name}.${key} is missing`),
  ];
}

/** What is wrong with an answer, or nothing. */
export function problemsOf(value: unknown, path: string): string[] {
  const body = value as Json;
  if (body['error'] !== undefined) return against('error', body);
  if (body['object'] === 'list') {
    const rows = body['data'] as Json[];
    const list = listName(path, rows);
    return [...(list ? against(list, body) : []), ...rows.flatMap((row) => problemsOf(row, path))];
  }
  const name = String(body['object']);
  const schema = body['deleted'] === true ? `deleted_${name}` : name;
  if (validator(schema)) return [...against(schema, body), ...insideEvent(body, path)];
  if (body['deleted'] === true)
    return Object.keys(body).sort().join() === 'deleted,id,object' ? [] : [`${schema}: ${Object.keys(body)}`];
  return checkMembers(schema, body);
}

/** An event's object is checked as well. */
function insideEvent(body: Json, path: string): string[] {
  if (body['object'] !== 'event') return [];
  return problemsOf((body['data'] as Json)['object'], path);
}

function listName(path: string, rows: Json[]): string | undefined {
  const name = `list_of_${String(rows[0]?.['object'] ?? (path.includes('active_entitlements') ? 'entitlements.active_entitlement' : 'none'))}`;
  return validator(name) ? name : undefined;
}

function against(name: string, value: unknown): string[] {
  const validate = validator(name);
  if (!validate) return [`no schema ${name}`];
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`);
}
