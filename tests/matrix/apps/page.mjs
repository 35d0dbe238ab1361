// A page that asks every entry of the client, and says in its title what they answered, or what went wrong.
import * as plangate from 'plangate';
import * as inline from 'plangate/inline';
import * as js from 'plangate/js';

import { ask } from './ask.mjs';

const wrong = [];
addEventListener('securitypolicyviolation', (event) =>
  wrong.push(`refused: ${event.violatedDirective} ${event.blockedURI}`),
);
addEventListener('error', (event) => wrong.push(event.message));

async function main() {
  const answers = [];
  for (const entry of [plangate, inline, js]) answers.push(await ask(entry));
  return wrong.concat(new Set(answers).size === 1 ? answers[0] : answers).join('; ');
}

const show = (text) => {
  document.title = String(text);
};
main().then(show, show);
