// Modal dialogs: Escape closes them, and the focus goes back to where it came from.

import { useEffect, useId, useRef } from 'react';
import type { JSX, ReactNode, RefObject } from 'react';

/** A dialog that is open while it is drawn. `first` says what in it has the focus then; unless told, the browser chooses. */
export function useModal(first?: string): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    if (first) dialog.current?.querySelector<HTMLElement>(first)?.focus();
    // It may be taken away with its row, without having been closed.
    return () => void setTimeout(() => opener?.isConnected && opener.focus());
  }, [first]);
  return dialog;
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
  const dialog = useModal();
  const id = useId();
  return (
    <dialog ref={dialog} className="wide" aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
      <p className="actions">
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
        {actions}
      </p>
    </dialog>
  );
}
