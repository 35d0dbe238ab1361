import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

describe('given the public types', () => {
  // Two programs, because a declaration of features holds for the whole program it is in.
  it.each(['typed', 'untyped'])(
    'features that are %s allow and refuse what they should',
    { timeout: 180_000 },
    (program) => {
      const folder = fileURLToPath(new URL(`types/${program}`, import.meta.url));
      const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
      expect(status).toBe(0);
    },
  );
});
