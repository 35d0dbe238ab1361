// A provider in a process of its own, which tests may kill. Arguments: the options of createProvider, as JSON.
import { readFileSync } from 'node:fs';

import { BILLING_WASM, providersWith } from './engine.js';

const { createProvider } = providersWith(readFileSync(BILLING_WASM));
const provider = await createProvider(JSON.parse(process.argv[2] ?? '{}') as object);
console.log(JSON.stringify({ url: await provider.listen(), apiKey: provider.apiKey, secret: provider.webhookSecret }));
