// What the control API is sent, and how it refuses.

import type { Context } from 'hono';

import { ProviderError } from '../errors.js';
import { readText } from '../http/body.js';
import type { Issue, Kind } from '../http/shape.js';

/** A body of the wrong form. */
export class InvalidBody extends ProviderError {
  /** The first member at fault; '' is the whole. */
  readonly param: string;

  constructor(issues: readonly Issue[]) {
    super('INVALID_OPTION', issues.map(({ field, message }) => `${field || 'the body'}: ${message}`).join('; '));
    this.param = issues[0]?.field ?? '';
  }
}

/** The body, held against a shape. Throws ProviderError. */
export async function bodyOf<T>(context: Context, shape: Kind<T>): Promise<T> {
  const text = await readText(context.req.raw, tooLarge);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new ProviderError('INVALID_OPTION', 'The body is not JSON.');
  }
  const issues: Issue[] = [];
  const read = shape.read(given, '', issues);
  if (issues.length === 0) return read;
  throw new InvalidBody(issues);
}

export function tooLarge(): Error {
  return new ProviderError('INVALID_OPTION', 'The body is too large.');
}

/** The body of a refusal. */
export function problem(code: string, message: string, param = ''): object {
  return { error: { code, message, ...(param !== '' && { param }) } };
}

const MAX_ROWS = 1000;

/** How many rows a list shall have: `?limit=`, 100 unless it is a number from 1 on. */
export function limitOf(context: Context): number {
  const limit = Number(context.req.query('limit') ?? 100);
  return Number.isSafeInteger(limit) && limit > 0 ? Math.min(limit, MAX_ROWS) : 100;
}
