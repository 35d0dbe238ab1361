// Serves the dashboard: a page of three files under a policy that lets nothing else run.

import { Hono } from 'hono';

/** Reads a file of the page as it was built. Rejects when it is not there. */
export type DashboardFiles = (name: 'dashboard.js' | 'dashboard.css') => Promise<Uint8Array<ArrayBuffer>>;

let ownFiles: DashboardFiles | undefined;

/** Sets where the page's files come from: called once by the published entry. */
export function provideDashboard(files: DashboardFiles): void {
  ownFiles = files;
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cache-control': 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>plangate local provider</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/dashboard.css">
<script type="module" src="/dashboard.js"></script>
</head>
<body>
<div id="root"></div>
<noscript>This dashboard needs JavaScript. The APIs under /v1, /v0 and /_plangate do not.</noscript>
</body>
</html>
`;

/** `/` and its files. It tells nothing by itself: what it shows, it asks the APIs for. */
export function dashboardApp(): Hono {
  const app = new Hono();
  app.get('/', (context) => context.html(PAGE, 200, HEADERS));
  for (const [name, type] of [
    ['dashboard.js', 'text/javascript; charset=utf-8'],
    ['dashboard.css', 'text/css; charset=utf-8'],
  ] as const) {
    app.get(`/${name}`, async (context) => {
      const bytes = await ownFiles?.(name).catch(() => undefined);
      if (bytes) return context.body(bytes, 200, { ...HEADERS, 'content-type': type });
      return context.text(`${name} is not here: import from 'plangate/provider'.`, 404, HEADERS);
    });
  }
  return app;
}
