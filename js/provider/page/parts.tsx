// The pieces that all views are made of.

import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Answered } from './live.js';
import { useNow } from './live.js';
import { refused } from './notice.js';
import { day, distance, moment } from './text.js';

interface ViewProps {
  readonly title: string;
  readonly about: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A view's frame. */
export function View({ title, about, actions, children }: ViewProps): JSX.Element {
  return (
    <>
      <header className="view">
        <div>
          <h1>{title}</h1>
          <p className="soft">{about}</p>
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** What an answer shows: nothing yet, why there is none, or its data. */
export function Shown<T>({ of, children }: { readonly of: Answered<T>; readonly children: (data: T) => ReactNode }) {
  if (of.error) return <p className="refusal">{of.error.message}</p>;
  return of.data === undefined ? <p className="loading soft">Reading…</p> : <>{children(of.data)}</>;
}

/** Nothing is there yet: what to do first. */
export function Empty({ children }: { readonly children: ReactNode }): JSX.Element {
  return <div className="empty">{children}</div>;
}

interface TableProps<Row> {
  /** Read out, not shown. */
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly columns: readonly {
    readonly head: string;
    readonly cell: (row: Row) => ReactNode;
    readonly end?: boolean;
  }[];
  /** Rows that no longer count are drawn fainter. */
  readonly past?: (row: Row) => boolean;
}

/** A table; on narrow screens each row becomes a card, with its columns' names beside the values. */
export function Table<Row>({ caption, rows, id, columns, past }: TableProps<Row>): JSX.Element {
  return (
    <table role="table">
      <caption className="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, end }) => (
            <th key={head} role="columnheader" scope="col" className={end ? 'end' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={id(row)} role="row" data-id={id(row)} className={past?.(row) ? 'past' : undefined}>
            {columns.map(({ head, cell, end }) => (
              <td key={head} role="cell" data-head={head} className={end ? 'end' : undefined}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export type Tone = 'good' | 'plain' | 'warn' | 'past';

/** A state in a word. The word says it; the colour only helps. */
export const Tag = ({
  tone = 'plain',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}): JSX.Element => <span className={`tag ${tone}`}>{children}</span>;

/** A time, with how far away it is. */
export function Time({ at, far = false }: { readonly at: number | null; readonly far?: boolean }): JSX.Element {
  const now = useNow();
  if (at === null) return <span className="soft">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, true)}>
      {day(at)}
      {far && now !== undefined && <span className="soft"> {distance(at, now)}</span>}
    </time>
  );
}

interface OpenerProps {
  readonly label: string;
  /** What it is about, for those who hear one button without its row. */
  readonly of?: string;
  readonly primary?: boolean;
  /** Draws the dialog while it is open. */
  readonly dialog: (close: () => void) => ReactNode;
}

/** A button that opens a dialog. */
export function Opener({ label, of, primary = false, dialog }: OpenerProps): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={primary ? undefined : 'quiet'}
        aria-label={of && `${label} ${of}`}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {open && dialog(() => setOpen(false))}
    </>
  );
}

interface DoProps {
  readonly label: string;
  /** What it is about, for those who hear one button without its row. */
  readonly of?: string;
  readonly primary?: boolean;
  readonly work: () => void;
}

/** A button that does something at once. */
export function Do({ label, of, primary = false, work }: DoProps): JSX.Element {
  return (
    <button type="button" className={primary ? undefined : 'quiet'} aria-label={of && `${label} ${of}`} onClick={work}>
      {label}
    </button>
  );
}

interface CopyProps {
  readonly text: string;
  readonly what: string;
  /** Only its beginning is shown. */
  readonly short?: boolean;
  /** It is shown elsewhere. */
  readonly hidden?: boolean;
}

/** Text to take elsewhere. */
export function Copy({ text, what, short = false, hidden = false }: CopyProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => setCopied(true), refused);
  };
  return (
    <span className="copy">
      {!hidden && <code>{short ? `${text.slice(0, 10)}…` : text}</code>}
      <button type="button" className="quiet small" aria-label={`Copy ${what}`} onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
