// The compiler on a written declaration of features.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the compiler says of a use of a declaration. */
export function compiled(cwd: string, declaration: string, use: string): [output: string, status: number | null] {
  const gate =
    "import { createPlangate } from 'plangate';\nconst gate = await createPlangate({ url: '/entitlements' });\n";
  writeFileSync(join(cwd, 'use.mts'), gate + use);
  const base = fileURLToPath(new URL('../js/types/tsconfig.json', import.meta.url));
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ extends: base, include: ['*.mts', declaration] }));
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', cwd, '--pretty', 'false'], { encoding: 'utf8' });
  return [stdout, status];
}
