import { Gate, PlangateProvider, useDecision, useLimit, useUnlocks } from 'plangate/react';
import type { PlangateProviderProps } from 'plangate/react';

function Content() {
  const decision = useDecision('trial');
  const limit = useLimit('storage', 'limitGB', { used: 1 });
  const unlocks = useUnlocks('reports');
  return (
    <>
      <Gate feature="trial" fallback={<i>trial over</i>} loading="loading">
        <b>trial runs</b>
      </Gate>
      <p>{`${decision.reason}, ${limit.remaining} left, ${unlocks.map(({ name }) => name).join()}`}</p>
    </>
  );
}

export const Page = ({ gate }: PlangateProviderProps) => (
  <PlangateProvider gate={gate}>
    <Content />
  </PlangateProvider>
);
