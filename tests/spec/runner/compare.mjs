// Compares an answer with what a vector expects of it. The same rules as compare.cpp.
import { toMs } from './pages.mjs';

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const timeMembers = new Set(['validUntil', 'asOf']);

/** Same value: arrays in order, objects whatever the order of their members. */
export function same(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
    );
  }
  return a === b;
}

function memberMismatch(name, expected, answer) {
  const there = Object.hasOwn(answer, name);
  if (isObject(expected) && '$absent' in expected) return there ? `${name} is there` : undefined;
  if (!there) return `${name} is missing`;
  const wanted = timeMembers.has(name) && typeof expected === 'string' ? toMs(expected) : expected;
  return same(wanted, answer[name]) ? undefined : `${name} is ${JSON.stringify(answer[name])}`;
}

/** What is wrong with `answer`, or undefined. Only the members that `expected` names are compared, each exactly. */
export function mismatch(expected, answer) {
  if (isObject(expected) && isObject(answer)) {
    for (const [name, value] of Object.entries(expected)) {
      const wrong = memberMismatch(name, value, answer);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if (Array.isArray(expected) && Array.isArray(answer)) {
    if (expected.length !== answer.length) return `has ${answer.length} elements`;
    for (const [i, item] of expected.entries()) {
      const wrong = mismatch(item, answer[i]);
      if (wrong) return `[${i}] ${wrong}`;
    }
    return undefined;
  }
  return same(expected, answer) ? undefined : 'is another value';
}

/** The same for two lists whose order means nothing (warnings). */
export function mismatchUnordered(expected, answers) {
  if (expected.length !== answers.length) return `has ${answers.length} elements`;
  const left = [...answers];
  for (const wanted of expected) {
    const found = left.findIndex((answer) => !mismatch(wanted, answer));
    if (found < 0) return `lacks ${JSON.stringify(wanted)}`;
    left.splice(found, 1);
  }
  return undefined;
}
