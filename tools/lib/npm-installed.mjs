// Exit code 0 when node_modules holds exactly the versions of package-lock.json, so that setup can leave npm alone.
import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const packages = (file) => JSON.parse(readFileSync(new URL(file, root), 'utf8')).packages;

function installed() {
  try {
    const wanted = packages('package-lock.json');
    const present = packages('node_modules/.package-lock.json');
    // Optional packages are those of other platforms: npm leaves them out.
    return Object.entries(wanted).every(
      ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
    );
  } catch {
    return false;
  }
}

process.exit(installed() ? 0 : 1);
