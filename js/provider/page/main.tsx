// The provider's dashboard. It decides nothing: it asks the provider's own APIs, and shows what they answer.

import { useEffect, useRef } from 'react';
import type { JSX } from 'react';
import { createRoot } from 'react-dom/client';

import { listen, useLive, useNow, useRoute } from './live.js';
import { Notices } from './notice.js';
import { Empty } from './parts.js';
import './styles/index.css';
import { moment } from './text.js';
import { Customer } from './views/customer.js';
import { Customers } from './views/customers.js';
import { Data } from './views/data.js';
import { Features } from './views/features.js';
import { Overview } from './views/overview.js';
import { Products } from './views/products.js';
import { Subscriptions } from './views/subscriptions.js';
import { Time } from './views/time.js';
import { Webhooks } from './views/webhooks.js';

const VIEWS: readonly (readonly [path: string, name: string, view: () => JSX.Element])[] = [
  ['', 'Overview', Overview],
  ['features', 'Features', Features],
  ['products', 'Products', Products],
  ['customers', 'Customers', Customers],
  ['subscriptions', 'Subscriptions', Subscriptions],
  ['webhooks', 'Webhooks', Webhooks],
  ['time', 'Time', Time],
  ['data', 'Data', Data],
];

const CONNECTIONS = { connecting: 'connecting', live: 'live', lost: 'not connected' } as const;

function Bar(): JSX.Element {
  const { connection, clock } = useLive();
  const now = useNow();
  return (
    <header className="bar">
      <p className="brand">
        plangate <span>local provider</span>
      </p>
      <p className="clock">
        <a href="#/time">{now === undefined ? 'Time' : moment(now)}</a>{' '}
        <span className="soft">{clock && (clock.frozen ? 'frozen' : 'running')}</span>
      </p>
      <p className="connection" data-connection={connection}>
        {CONNECTIONS[connection]}
      </p>
    </header>
  );
}

function Shell(): JSX.Element {
  const [path = '', id] = useRoute();
  const { refused } = useLive();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path + id);
  const [, name, Shown] = VIEWS.find(([each]) => each === path) ?? [];
  useEffect(() => {
    document.title = `${name ?? 'Not found'} · plangate local provider`;
    if (shown.current === path + id) return;
    // As a page that is loaded: from its top.
    shown.current = path + id;
    main.current?.focus();
    scrollTo(0, 0);
  }, [path, id, name]);
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <Bar />
      <div className="frame">
        <nav aria-label="Views">
          <ul>
            {VIEWS.map(([each, text]) => (
              <li key={each}>
                <a href={`#/${each}`} aria-current={each === path ? 'page' : undefined}>
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main" ref={main} tabIndex={-1}>
          {refused ? (
            <Empty>
              <h1>The provider does not answer this page</h1>
              <p>{refused.message} Open the dashboard on its own machine, as http://localhost or http://127.0.0.1.</p>
            </Empty>
          ) : path === 'customers' && id !== undefined ? (
            <Customer key={id} id={id} />
          ) : Shown ? (
            <Shown />
          ) : (
            <Empty>
              <h1>There is no such view</h1>
              <p>Choose one of the views.</p>
            </Empty>
          )}
        </main>
      </div>
      <Notices />
    </>
  );
}

/** What has the focus may go with its row: then the view has it, not the top of the page. */
function keepFocus(): void {
  let last: Node | null = null;
  document.addEventListener('focusin', ({ target }) => (last = target as Node));
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    document.getElementById('main')?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

listen();
keepFocus();
createRoot(document.getElementById('root') as HTMLElement).render(<Shell />);
