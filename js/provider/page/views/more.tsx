// The end of a list that goes on.

import type { JSX } from 'react';

interface MoreProps {
  readonly shown: number;
  readonly total: number;
  readonly onMore: () => void;
}

export function More({ shown, total, onMore }: MoreProps): JSX.Element {
  return (
    <p className="more soft">
      {shown.toLocaleString('en')} of {total.toLocaleString('en')}
      {shown < total && (
        <button type="button" className="quiet small" onClick={onMore}>
          Show more
        </button>
      )}
    </p>
  );
}
