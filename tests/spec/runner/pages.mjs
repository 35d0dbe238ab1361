// Turns what a vector says about input into bytes and moments; tests/spec/README.md describes the forms.
// Runs in Node and in browsers alike.

/** The moment a step is about when it names none: 2026-01-01T00:00:00Z. */
export const defaultNow = Date.UTC(2026, 0, 1);

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** What time a vector means: ms since 1970, from a number or from `YYYY-MM-DDThh:mm:ss[.mmm]Z`. */
export function toMs(value) {
  if (typeof value === 'number') return value;
  if (!timeForm.test(value)) throw new Error(`not a time: ${value}`);
  return Date.parse(value);
}

/** A number of a vector; the texts NaN, Infinity and -Infinity stand for what JSON cannot say. */
export function toNumber(value) {
  return typeof value === 'number' ? value : Number(value);
}

const encoder = new TextEncoder();

function repeat({ text, times, separator = '' }) {
  const parts = text.split('{i}');
  return Array.from({ length: times }, (_, i) => parts.join(i)).join(separator);
}

function part(form, payloads) {
  if (typeof form === 'string') return encoder.encode(form);
  if (form.$file) return pageBytes(form, payloads);
  if (form.$repeat) return encoder.encode(repeat(form.$repeat));
  return Uint8Array.from(atob(form.$base64), (c) => c.charCodeAt(0));
}

function concat(chunks) {
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

function pointed(value, pointer) {
  for (const token of pointer.split('/').slice(1)) value = value[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}

/** The text of a configuration: plain JSON, or `$text`. */
export function configText(options) {
  return options?.$text ?? JSON.stringify(options);
}

/** The bytes of one page: plain JSON, or one of the forms `$text`, `$base64`, `$concat`, `$file`. */
export function pageBytes(page, payloads) {
  if (page !== null && typeof page === 'object') {
    if ('$text' in page) return encoder.encode(page.$text);
    if ('$base64' in page) return part(page, payloads);
    if ('$concat' in page) return concat(page.$concat.map((piece) => part(piece, payloads)));
    if ('$file' in page) {
      return encoder.encode(JSON.stringify(pointed(payloads[page.$file], page.pointer ?? '')));
    }
  }
  return encoder.encode(JSON.stringify(page));
}

function rowLists(test) {
  const lists = [];
  for (const { load } of test.steps) {
    for (const page of load ? (load.given ? [load.given] : load.pages) : []) {
      const rows = [page?.data, page?.entitlements].find(Array.isArray);
      if (rows) lists.push(rows);
    }
  }
  return lists;
}

/** Every order of the rows that their rotations, forwards and backwards, give; the first is as written. */
export function rowOrders(test) {
  const turns = Math.max(1, 2 * Math.max(0, ...rowLists(test).map((rows) => rows.length)));
  return Array.from({ length: turns }, (_, turn) => {
    const turned = structuredClone(test);
    for (const rows of turn > 0 ? rowLists(turned) : []) {
      if (turn >= rows.length) rows.reverse();
      rows.push(...rows.splice(0, turn % rows.length));
    }
    return turned;
  });
}
