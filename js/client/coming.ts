// A client, or the promise of one: read without waiting, so that a promise that is settled counts at once.
import type { PlangateClient } from './api.js';
import { listen } from './view.js';

/** What bindings are given. */
export type Coming = PlangateClient | PromiseLike<PlangateClient>;

interface Outcome {
  gate?: PlangateClient;
  failure?: { readonly thrown: unknown };
}

const outcomes = new WeakMap<object, Outcome>();

const isPromise = (coming: Coming): coming is PromiseLike<PlangateClient> => 'then' in coming;

/** The client, if it is there. Throws what the promise was rejected with: wrong options. */
export function gateNow(coming: Coming): PlangateClient | undefined {
  if (!isPromise(coming)) return coming;
  let outcome = outcomes.get(coming);
  if (!outcome) {
    const made: Outcome = (outcome = {});
    outcomes.set(coming, made);
    coming.then(
      (gate) => (made.gate = gate),
      (thrown: unknown) => (made.failure = { thrown }),
    );
  }
  if (outcome.failure) throw outcome.failure.thrown;
  return outcome.gate;
}

/** Calls back when gateNow() has become another one. The answer stops it. */
export function onGate(coming: Coming, listener: () => void): () => void {
  let over = false;
  const tell = (): void => {
    if (!over) listener();
  };
  if (isPromise(coming)) coming.then(tell, tell);
  return () => {
    over = true;
  };
}

/** Calls back when the client is there, and from then on whenever its answers may have changed. The answer stops it. */
export function watch(coming: Coming, listener: () => void): () => void {
  let stop: () => void;
  const begin = (): void => {
    const gate = gateNow(coming);
    if (gate) stop = listen(gate, listener);
  };
  if (gateNow(coming)) begin();
  else
    stop = onGate(coming, () => {
      begin();
      listener();
    });
  return () => stop();
}
