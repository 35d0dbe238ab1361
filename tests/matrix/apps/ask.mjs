// What every application of the matrix asks, of a list that a billing system recorded.
import list from './list.mjs';

const KEYS = ['sso_enabled', 'max_users', 'audit_log'];

/** Asks a client of whichever entry; answers one line. */
export function answersOf(gate) {
  return KEYS.map((key) => `${key}=${gate.hasFeature(key)} ${gate.check(key).reason}`).join(', ');
}

/** Makes a client and asks it. */
export async function ask({ createPlangate }) {
  const gate = await createPlangate({ bootstrap: list, format: 'paygentic' });
  try {
    return answersOf(gate);
  } finally {
    gate.dispose();
  }
}
