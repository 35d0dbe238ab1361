// Installs the library into a folder of its own, then configures, builds and runs a separate project against it.
import { readdirSync, readFileSync, rmSync } from 'node:fs';

import { must, path } from '../../tools/lib/process.mjs';

const PREFIX = path('build', 'consumer', 'prefix');
const LIBRARY = path('build', 'consumer', 'library');
const PROJECT = path('build', 'consumer', 'project');

/** Every installed text file: none may ask the consumer for what is private to the core. */
function installedTexts() {
  return readdirSync(PREFIX, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /\.(hpp|def|cmake)$/.test(file.name))
    .map((file) => `${file.parentPath ?? file.path}/${file.name}`);
}

async function test() {
  rmSync(PREFIX, { recursive: true, force: true });
  rmSync(PROJECT, { recursive: true, force: true }); // a first configure each time: that is what is tested
  const options = ['-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release'];
  await must('cmake', [
    '-S',
    path(),
    '-B',
    LIBRARY,
    ...options,
    '-DPLANGATE_BUILD_TESTS=OFF',
    '-DPLANGATE_PRECOMPILE=ON',
  ]);
  await must('cmake', ['--build', LIBRARY, '-j2']);
  await must('cmake', ['--install', LIBRARY, '--prefix', PREFIX]);
  const texts = installedTexts();
  if (texts.length === 0) throw new Error('nothing was installed');
  for (const file of texts) {
    if (/nlohmann/i.test(readFileSync(file, 'utf8'))) throw new Error(`${file} asks for a private dependency`);
  }
  await must('cmake', ['-S', path('tests', 'consumer'), '-B', PROJECT, ...options, `-DCMAKE_PREFIX_PATH=${PREFIX}`]);
  await must('cmake', ['--build', PROJECT]);
  console.log((await must(`${PROJECT}/consumer`)).trim());
}

try {
  await test();
  console.log('1 passed, 0 failed');
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
