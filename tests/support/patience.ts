// How long tests wait. Nothing is timed by them: what hangs is to fail, what is slow on a busy machine is not.

/** One condition that must come true, ms. */
export const WAIT_MS = 60_000;

/** A test, or a hook, with all its waits; ms. */
export const TEST_MS = 180_000;

/** For the `test` of a vitest configuration: tests, hooks and `expect.poll`. */
export const patience = {
  testTimeout: TEST_MS,
  hookTimeout: TEST_MS,
  expect: { poll: { timeout: WAIT_MS } },
} as const;

/** For an upstream, whose own limits are not what is tested: how fast the machine is decides nothing. */
export const patientUpstream = { attemptTimeoutMs: WAIT_MS, deadlineMs: TEST_MS } as const;
