// Modal dialogs: Escape closes them, and the focus goes back to where it came from.

import { useEffect, useId, useRef } from 'react';
import type { JSX, ReactNode, RefObject } from 'react';
import { flushSync } from 'react-dom';

interface Modal {
  /** What its element is drawn with. */
  readonly props: {
    readonly ref: RefObject<HTMLDialogElement | null>;
    readonly onCancel: () => void;
    readonly onClose: () => void;
  };
  /** Closes it; nothing when it is gone. */
  readonly close: () => void;
}

/**
 * A dialog that is open while it is drawn; `onClose` ends that. `first` says what in it has the focus then; unless told,
 * the browser chooses.
 */
export function useModal(onClose: () => void, first?: string): Modal {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    if (first) ref.current?.querySelector<HTMLElement>(first)?.focus();
    // It may be taken away with its row, without having been closed.
    return () => void setTimeout(() => opener?.isConnected && opener.focus());
  }, [first]);
  // Browsers tell of a close later, when the focus is back at the opener: pressed in between, it would open nothing.
  const close = (): void => {
    if (!ref.current) return;
    ref.current.close();
    flushSync(onClose);
  };
  return { props: { ref, onCancel: close, onClose }, close };
}

interface ShowDialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  /** Buttons beside "Close". */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A dialog to read in. */
export function ShowDialog({ title, onClose, actions, children }: ShowDialogProps): JSX.Element {
  const { props, close } = useModal(onClose);
  const id = useId();
  return (
    <dialog {...props} className="wide" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
      <p className="actions">
        <button type="button" className="quiet" onClick={close}>
          Close
        </button>
        {actions}
      </p>
    </dialog>
  );
}
