// Dialogs with a form: the provider's refusal is shown at the field it names.

import { createContext, useContext, useEffect, useId, useRef, useState } from 'react';
import type { ChangeEvent, FormEvent, JSX, ReactNode } from 'react';

import { Refused } from './api.js';
import { useModal } from './dialog.js';
import { done } from './notice.js';

/** What a form was filled in with. Names are the provider's own for the parameter. */
export type Values = Readonly<Record<string, string>>;

const Refusal = createContext<Refused | undefined>(undefined);

interface FormDialogProps {
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly intro?: ReactNode;
  /** What the button says. */
  readonly submit: string;
  readonly danger?: boolean;
  /** Does it; what it answers is told as done. A refusal keeps the dialog open. */
  readonly onSubmit: (values: Values) => Promise<string>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** A modal dialog with a form. */
export function FormDialog(props: FormDialogProps): JSX.Element {
  const { title, intro, submit, danger = false, onSubmit, onClose, children } = props;
  const modal = useModal(onClose, 'input, select, textarea');
  const form = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  useEffect(() => {
    if (refusal) (form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? form.current)?.focus();
  }, [refusal]);
  const send = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const values = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]),
    );
    setBusy(true);
    try {
      done(await onSubmit(values));
      modal.close();
    } catch (thrown) {
      setRefusal(thrown instanceof Refused ? thrown : new Refused('FAILED', String(thrown), ''));
      setBusy(false);
    }
  };
  return (
    <dialog {...modal.props} aria-labelledby={`${id}title`}>
      <form ref={form} tabIndex={-1} noValidate onSubmit={(event) => void send(event)}>
        <h2 id={`${id}title`}>{title}</h2>
        {intro && <p className="soft">{intro}</p>}
        <Refusal.Provider value={refusal}>
          {children}
          <FormRefusal of={form} />
        </Refusal.Provider>
        <p className="actions">
          <button type="button" className="quiet" onClick={modal.close}>
            Close
          </button>
          <button type="submit" className={danger ? 'danger' : undefined} aria-busy={busy}>
            {submit}
          </button>
        </p>
      </form>
    </dialog>
  );
}

/** The refusal that no field of this form answers for. */
function FormRefusal({ of }: { readonly of: React.RefObject<HTMLFormElement | null> }): JSX.Element {
  const refusal = useContext(Refusal);
  const known =
    refusal && refusal.param !== '' && of.current?.querySelector(`[data-params~="${CSS.escape(refusal.param)}"]`);
  return (
    <p className="refusal" role="alert">
      {refusal && !known && <Told of={refusal} />}
    </p>
  );
}

const Told = ({ of: { code, message } }: { readonly of: Refused }): JSX.Element => (
  <>
    <code>{code}</code> {message}
  </>
);

interface FieldProps {
  /** The provider's name of the parameter. */
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  /** Other names under which the provider may refuse it. */
  readonly also?: readonly string[];
  readonly children: (own: {
    readonly id: string;
    readonly name: string;
    readonly 'aria-invalid': boolean;
    readonly 'aria-describedby': string;
    readonly 'data-params': string;
  }) => ReactNode;
}

/** A label, what is filled in, and below it what is said about it. */
export function Field({ name, label, hint, also = [], children }: FieldProps): JSX.Element {
  const refusal = useContext(Refusal);
  const id = useId();
  const mine = refusal !== undefined && [name, ...also].includes(refusal.param);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        name,
        'aria-invalid': mine,
        'aria-describedby': `${id}said`,
        'data-params': [name, ...also].join(' '),
      })}
      <p id={`${id}said`} className={mine ? 'refusal' : 'hint'}>
        {mine ? <Told of={refusal} /> : hint}
      </p>
    </div>
  );
}

type TextProps = Omit<FieldProps, 'children'> & {
  readonly value?: string;
  readonly type?: 'text' | 'email' | 'url' | 'datetime-local';
  readonly inputMode?: 'decimal' | 'numeric';
  readonly lines?: number;
};

/** A line of text, or several. */
export function Text({ value = '', type = 'text', inputMode, lines = 1, ...field }: TextProps): JSX.Element {
  return (
    <Field {...field}>
      {(own) =>
        lines > 1 ? (
          <textarea {...own} rows={lines} defaultValue={value} spellCheck={false} />
        ) : (
          <input
            {...own}
            type={type}
            inputMode={inputMode}
            defaultValue={value}
            autoComplete="off"
            step={type === 'datetime-local' ? 1 : undefined}
          />
        )
      }
    </Field>
  );
}

/** What can be chosen: value and text. */
export type Choice = readonly [value: string, text: string];

type ChooseProps = Omit<FieldProps, 'children'> & {
  readonly choices: readonly Choice[];
  readonly value?: string;
  readonly onChoose?: (value: string) => void;
};

export function Choose({ choices, value, onChoose, ...field }: ChooseProps): JSX.Element {
  return (
    <Field {...field}>
      {(own) => (
        <select
          {...own}
          defaultValue={value}
          onChange={(event: ChangeEvent<HTMLSelectElement>) => onChoose?.(event.target.value)}
        >
          {choices.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** JSON that was written into a field; refuses by that field when it is none. '' is undefined. */
export function jsonOf(values: Values, name: string): unknown {
  const text = values[name]?.trim() ?? '';
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Refused('NOT_JSON', `This is no JSON: ${(thrown as Error).message}`, name);
  }
}

/** A number that was written into a field; what is no number goes to the provider as it is, to be refused there. */
export function numberOf(values: Values, name: string): number | string | undefined {
  const text = values[name]?.trim() ?? '';
  if (text === '') return undefined;
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
