// The same as a CommonJS module.
/* eslint-disable @typescript-eslint/no-require-imports */
const entries = {
  plangate: require('plangate'),
  'plangate/inline': require('plangate/inline'),
  'plangate/js': require('plangate/js'),
};

async function main() {
  const { ask } = await import('./ask.mjs');
  for (const [name, entry] of Object.entries(entries)) console.log(`${name}: ${await ask(entry)}`);
}

void main();
