// plangate/testing/vue: a test client for components under test.
import type { App } from 'vue';

import type { PlangateClient } from '../client/api.js';
import { plangate } from '../vue/index.js';

/** The plugin with the client in it: `mount(Panel, { global: { plugins: [pluginFor(gate)] } })`. */
export const pluginFor = (gate: PlangateClient): { install(app: App): void } => ({
  install: (app) => plangate.install(app, { gate }),
});
