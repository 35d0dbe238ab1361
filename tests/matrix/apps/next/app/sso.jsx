'use client';

import { Gate, useDecision } from 'plangate/react';

export function Sso() {
  const { reason } = useDecision('sso_enabled');
  return (
    <Gate feature="sso_enabled" fallback={<p>Single sign-on is locked: {reason}.</p>}>
      <p>Single sign-on is yours: {reason}.</p>
    </Gate>
  );
}
