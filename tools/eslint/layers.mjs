// The dependency direction of the TypeScript side, as an ESLint rule:
// core <- bindings <- js/engine <- js/client <- adapters; js/server, js/provider -> engine; demo -> the package.
import { dirname, relative, resolve } from 'node:path';

/** Folder -> folders it may import from besides itself. The longest folder that holds a file is its layer. */
export const LAYERS = {
  'js/engine': [],
  // The published entries put the parts together.
  'js/engine/entries': ['js/engine', 'js/engine/generated', 'js/client'],
  'js/engine/generated': [],
  'js/client': ['js/engine'],
  // Additions that an application passes in.
  'js/cache': ['js/engine', 'js/client'],
  'js/live': ['js/engine', 'js/client'],
  'js/react': ['js/engine', 'js/client'],
  'js/vue': ['js/engine', 'js/client'],
  'js/svelte': ['js/engine', 'js/client'],
  'js/element': ['js/engine', 'js/client'],
  // For servers and for the pages they render.
  'js/ssr': ['js/client'],
  // The providers, and the one mapping of entitlements to flags.
  'js/openfeature': ['js/engine', 'js/client'],
  'js/telemetry': ['js/engine', 'js/client', 'js/openfeature'],
  'js/devtools': ['js/engine', 'js/client', 'js/telemetry'],
  'js/stores': ['js/engine'],
  // server.for(customer) has the client's API; OFREP has the OpenFeature mapping.
  'js/server': ['js/engine', 'js/client', 'js/stores', 'js/openfeature'],
  'js/server/entries': ['js/server', 'js/engine', 'js/engine/generated'],
  // Webhooks are signed as the server checks them; its SQLite drivers are the stores'.
  'js/provider': ['js/engine', 'js/stores', 'js/server', 'js/provider/answers'],
  // The dashboard: a page, which speaks to the rest over HTTP only; of that it has the types.
  'js/provider/page': ['js/engine', 'js/provider/answers'],
  'js/provider/answers': [],
  'js/provider/entries': ['js/provider', 'js/engine', 'js/engine/generated'],
  'js/cli': [
    'js/engine',
    'js/engine/entries',
    'js/server',
    'js/server/entries',
    'js/stores',
    'js/provider',
    'js/provider/answers',
    'js/provider/entries',
  ],
  'js/testing': [
    'js/engine',
    'js/engine/entries',
    'js/client',
    'js/telemetry',
    'js/server',
    'js/react',
    'js/vue',
    'js/svelte',
  ],
  // The demo is a user: it imports the package by its name.
  demo: [],
};

const layerOf = (path) =>
  Object.keys(LAYERS)
    .filter((layer) => path === layer || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];

/** What is wrong with `file` importing `specifier`, or undefined. Paths are relative to the project. */
export function violation(file, specifier) {
  const from = layerOf(file);
  if (from === undefined || !specifier.startsWith('.')) return undefined;
  const target = relative('/', resolve('/', dirname(file), specifier));
  const to = layerOf(target);
  if (to === from || (to !== undefined && LAYERS[from].includes(to))) return undefined;
  return `${from} must not import from ${to ?? target}`;
}

/** ESLint rule `plangate/layers`. */
export const layersRule = {
  meta: { type: 'problem', schema: [], messages: { direction: '{{what}} (tools/eslint/layers.mjs)' } },
  create(context) {
    const file = relative(context.cwd, context.filename);
    const check = (node) => {
      const what = typeof node.source?.value === 'string' && violation(file, node.source.value);
      if (what) context.report({ node: node.source, messageId: 'direction', data: { what } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
