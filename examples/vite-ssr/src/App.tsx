import { Gate, UpgradePrompt, useFeature, useLimit } from 'plangate/react';

/** What the customer has stored; an application would ask its own database. */
const STORED_GB = 4;

function Storage() {
  const { limit, remaining, allowed } = useLimit('storage', 'limitGB', { used: STORED_GB });
  if (limit === undefined) return <p id="storage">Storage is not part of your plan.</p>;
  return (
    <p id="storage">
      {STORED_GB} of {limit} GB used{allowed ? `, ${remaining} GB left` : ': full'}
    </p>
  );
}

export function App() {
  const trial = useFeature('trial');
  return (
    <main>
      <h1>Reports</h1>
      <p id="trial">{trial ? 'Your trial is running.' : 'There is no trial.'}</p>
      <Gate feature="reports" fallback={<p id="locked">Reports are locked.</p>}>
        <p id="reports">Revenue is up.</p>
      </Gate>
      <UpgradePrompt feature="reports">
        {({ cheapest }) => cheapest && <p id="upgrade">{cheapest.name} has them.</p>}
      </UpgradePrompt>
      <Storage />
    </main>
  );
}
