// What the environment says: PLANGATE_* variables, secrets in files that PLANGATE_*_FILE name, and ${NAME} in the file.
import { readFileSync } from 'node:fs';

import { EXIT, fail } from '../output.js';
import { SETTINGS, variableOf } from './settings.js';
import type { Setting } from './settings.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that the environment gave. */
export interface FromEnvironment {
  readonly setting: Setting;
  readonly variable: string;
  readonly value: unknown;
}

// Heard besides the settings' own: what platforms set, and where the file is.
const OTHERS = new Set(['PLANGATE_CONFIG']);

// A Kubernetes service called plangate puts these into every container, PLANGATE_PORT=tcp://… among them.
const KUBERNETES = /^PLANGATE_(SERVICE_|PORT_\d)/;
const isServiceAddress = (text: string | undefined): boolean => text?.startsWith('tcp://') ?? false;

/** All settings that the environment gives. A PLANGATE_ variable that is none is an error: it would be without effect. */
export function fromEnvironment(environment: Environment): FromEnvironment[] {
  const found: FromEnvironment[] = [];
  const known = new Set(OTHERS);
  for (const setting of SETTINGS) {
    const variable = variableOf(setting);
    if (variable === undefined) continue;
    known.add(variable);
    if (setting.secret) known.add(`${variable}_FILE`);
    const text = textOf(environment, variable, setting);
    if (text !== undefined) found.push({ setting, variable, value: parse(text, variable, setting) });
  }
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith('PLANGATE_') && !known.has(name) && !KUBERNETES.test(name),
  );
  if (unknown === undefined) return found;
  throw fail('UNKNOWN_VARIABLE', `${unknown} is no setting`, {
    where: unknown,
    hint: 'plangate serve --help lists them all',
    exit: EXIT.usage,
  });
}

function textOf(environment: Environment, variable: string, { path, secret }: Setting): string | undefined {
  const own = isServiceAddress(environment[variable]) ? undefined : environment[variable];
  const given = nonEmpty(own) ?? (path === 'port' ? nonEmpty(environment['PORT']) : undefined);
  const file = secret ? nonEmpty(environment[`${variable}_FILE`]) : undefined;
  if (file === undefined || given !== undefined) return given;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw fail('SECRET_NOT_READ', `the file that ${variable}_FILE names cannot be read`, {
      where: file,
      hint: 'check the path and its permissions',
      exit: EXIT.usage,
      cause,
    });
  }
}

// Platforms pass variables that are "not set" as empty ones.
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function parse(text: string, variable: string, { type, least, most }: Setting): unknown {
  const refuse = (wanted: string): Error =>
    fail('INVALID_VALUE', `${variable} must be ${wanted}`, {
      where: variable,
      hint: 'change the variable',
      exit: EXIT.usage,
    });
  if (type === 'strings')
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw refuse('true or false');
    return text === 'true';
  }
  if (type !== 'integer') return text;
  const range = most === undefined ? `of at least ${least ?? 0}` : `from ${least ?? 0} to ${most}`;
  if (!/^\d+$/.test(text)) throw refuse(`a whole number ${range}`);
  return Number(text);
}

/** Replaces `${NAME}` by what the environment holds; a name that is not set is an error, never an empty text. */
export function interpolate(text: string, environment: Environment, where: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    throw fail('VARIABLE_NOT_SET', `\${${name}} is used, but the environment has no ${name}`, {
      where,
      hint: `set ${name}, or remove the key`,
      exit: EXIT.usage,
    });
  });
}

/** Whether a text is nothing but one `${NAME}`. */
export const isReference = (text: string): boolean => /^\$\{[^}]+\}$/.test(text);
