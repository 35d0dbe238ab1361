// The order in which test files run.
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Files that mostly wait, or that take longest: begun last, they would be all that still runs on one of several cores. */
const LONG = /(kill|outage|processes|dashboard\.\w+|model|panel|types|tabs|trial|story)\.test\.ts$/;

/** Long files first; else as vitest orders them. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ordered = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...ordered.filter(isLong), ...ordered.filter((file) => !isLong(file))];
  }
}
