// plangate/devtools: look at a client's decisions, override them, move its time. Its own entry: an application that does not import it
// does not carry it.
import { PlangateDevtoolsElement } from './panel.js';
import { Devtools } from './tools.js';
import type { DevtoolsOptions } from './tools.js';

export { Devtools, PlangateDevtoolsElement };
export type { DevtoolsOptions };
export type { Override } from './session.js';

declare global {
  interface HTMLElementTagNameMap {
    'plangate-devtools': PlangateDevtoolsElement;
  }
}

/**
 * The tools for one client: `const tools = devtools(); const gate = tools.connect(await createPlangate({ url, ...tools.options }))`.
 * Overrides and time are refused in production builds unless `allow` says otherwise.
 */
export const devtools = (options?: DevtoolsOptions): Devtools => new Devtools(options);

/** Puts the panel into the page; `open` unfolds it. */
export function showDevtools(
  tools: Devtools,
  { parent = document.body, open = false }: { parent?: Element; open?: boolean } = {},
): PlangateDevtoolsElement {
  if (!customElements.get('plangate-devtools')) customElements.define('plangate-devtools', PlangateDevtoolsElement);
  const panel = document.createElement('plangate-devtools');
  panel.tools = tools;
  parent.append(panel);
  panel.open = open;
  return panel;
}
