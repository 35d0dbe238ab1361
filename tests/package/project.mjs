// An empty project somewhere outside the working copy, with the packed tarball installed as a user would.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { must, path } from '../../tools/lib/process.mjs';

/** Packs the package; answers the tarball's path and the names of the files in it. */
export async function pack(folder) {
  mkdirSync(folder, { recursive: true });
  const output = await must('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--loglevel=error',
    '--pack-destination',
    folder,
  ]);
  const [{ filename, files }] = JSON.parse(output.slice(output.indexOf('[')));
  return { tarball: join(folder, filename), files: files.map((file) => file.path) };
}

/** Makes the project (in `parent`, with `tarball`, or with one packed now), calls `work` with it and removes it. */
export async function inProject(work, { parent = tmpdir(), tarball } = {}) {
  const folder = mkdtempSync(join(parent, 'plangate-package-'));
  const project = {
    folder,
    path: (...parts) => join(folder, ...parts),
    write(name, text) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    },
  };
  try {
    project.write('package.json', JSON.stringify({ name: 'application', private: true, type: 'module' }));
    project.tarball = tarball ?? (await pack(path('build', 'package')));
    await must(
      'npm',
      [
        'install',
        '--offline',
        '--no-package-lock',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        project.tarball.tarball,
      ],
      { cwd: folder },
    );
    return await work(project);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
