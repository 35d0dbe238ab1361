// A part of the page that hydrates late: when its answer has become another one.
import { PlangateProvider, useFeature } from 'plangate/react';
import type { PlangateProviderProps } from 'plangate/react';
import { Suspense } from 'react';

const isPage = typeof document !== 'undefined';
let open = !isPage;
const opened = new Promise<void>((resolve) => {
  if (isPage) setTimeout(resolve, 4000);
}).then(() => {
  open = true;
});

function Late() {
  if (!open) throw opened;
  return <b>{useFeature('trial') ? 'late runs' : 'late over'}</b>;
}

const Early = () => <p>{useFeature('trial') ? 'early runs' : 'early over'}</p>;

export const Page = ({ gate }: PlangateProviderProps) => (
  <PlangateProvider gate={gate}>
    <Early />
    <Suspense fallback="waiting">
      <Late />
    </Suspense>
  </PlangateProvider>
);
