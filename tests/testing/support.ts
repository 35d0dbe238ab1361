// createTestPlangate over the engine's file: what plangate/testing does, without its copy of the bytes.
import { createPlangate } from '../../js/engine/entries/node.js';
import { testing } from '../../js/testing/testing.js';
import { wasm } from '../js/support.js';

export const createTestPlangate = testing((options) => createPlangate({ wasm, ...options }));
export const DAY = 86_400_000;
