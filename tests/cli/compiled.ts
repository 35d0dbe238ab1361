// The compiler on a written declaration of features.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { typeCheck } from '../support/tsc.js';

/** What the compiler says of a use of a declaration. */
export function compiled(cwd: string, declaration: string, use: string): ReturnType<typeof typeCheck> {
  const gate =
    "import { createPlangate } from 'plangate';\nconst gate = await createPlangate({ url: '/entitlements' });\n";
  writeFileSync(join(cwd, 'use.mts'), gate + use);
  const base = fileURLToPath(new URL('../js/types/tsconfig.json', import.meta.url));
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ extends: base, include: ['*.mts', declaration] }));
  return typeCheck(cwd);
}
