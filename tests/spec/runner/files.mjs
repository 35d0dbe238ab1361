// Reads and checks the vectors in Node. The folder's listing is the index: adding a file needs no code.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import { reasonCodes } from './session.mjs';

export const specFolder = new URL('../', import.meta.url);
export const root = new URL('../../', specFolder);
export const generated = new URL('js/engine/generated/', root);

const readJson = (url) => JSON.parse(readFileSync(url, 'utf8'));
const jsonFiles = (url) =>
  readdirSync(url)
    .filter((name) => name.endsWith('.json'))
    .sort();

/** The text of reasons.def, which the packed table's numbers come from. */
export const reasonDefinition = () => readFileSync(new URL('core/include/plangate/reasons.def', root), 'utf8');

/**
 * All vectors, as plain data: `{files: [{file, tests}], payloads}`. Throws when a file is not what schema.json says. In a
 * folder of its own stand the questions that not every build answers.
 */
export function readSpec(from = specFolder, schemaFrom = specFolder) {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
    readJson(new URL('schema.json', schemaFrom)),
  );
  const files = jsonFiles(from)
    .filter((name) => /^\d/.test(name))
    .map((file) => {
      const json = readJson(new URL(file, from));
      if (!validate(json)) {
        const [first] = validate.errors;
        throw new Error(
          `${fileURLToPath(new URL(file, from))}${first.instancePath} ${first.message} ${JSON.stringify(first.params)}`,
        );
      }
      const names = json.tests.map((test) => test.name);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice) throw new Error(`${file} names a test twice: ${twice}`);
      return { file, tests: json.tests };
    });
  const folder = new URL('payloads/', specFolder);
  const payloads = Object.fromEntries(
    jsonFiles(folder).map((name) => [`payloads/${name}`, readJson(new URL(name, folder))]),
  );
  return { files, payloads };
}

/** The vectors with what the runner needs beside them. */
export const readVectors = (from = specFolder) => ({ ...readSpec(from), reasons: reasonCodes(reasonDefinition()) });
