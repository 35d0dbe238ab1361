'use client';

import { Gate, UpgradePrompt, useFeature, useLimit } from 'plangate/react';

/** What the customer has stored; an application would ask its own database. */
const STORED_GB = 4;

export function Panel() {
  const trial = useFeature('trial');
  const { limit, remaining } = useLimit('storage', 'limitGB', { used: STORED_GB });
  return (
    <section>
      <p id="trial">{trial ? 'Your trial is running.' : 'There is no trial.'}</p>
      <Gate feature="reports" fallback={<p>Reports are locked.</p>}>
        <p>Reports are yours.</p>
      </Gate>
      <UpgradePrompt feature="reports">{({ cheapest }) => cheapest && <p>{cheapest.name} has them.</p>}</UpgradePrompt>
      <p>{limit === undefined ? 'Storage is not part of your plan.' : `${remaining} of ${limit} GB left`}</p>
    </section>
  );
}
