// The demo's time. It is the billing systems': when that is moved, the page moves with it. An application needs none of
// this: the device's clock, corrected by its server, is what plangate uses unless told.
import type { Clock } from 'plangate';

const tabs = new BroadcastChannel('fathomline time');
let ahead = 0;

/** The clock that the gate is given, and that everything on the page reads. */
export const clock: Clock = {
  now: () => Date.now() + ahead,
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

function follow(offset: number): boolean {
  // Time only goes forward; what is known already came by another way.
  if (offset <= ahead) return false;
  ahead = offset;
  clock.moved?.();
  return true;
}

/** The billing systems' time is so many ms ahead of the device's: for this tab and the others of this browser. */
export function setAhead(offset: number): void {
  if (follow(offset)) tabs.postMessage(offset);
}

tabs.addEventListener('message', ({ data }: MessageEvent<number>) => void follow(data));
