// Packs the package, installs it in an empty project and uses it. Needs a built dist/.
import { inProject } from './project.mjs';
import { tests } from './tests.mjs';

let passed = 0;
let failed = 0;
try {
  await inProject(async (project) => {
    for (const [name, test] of Object.entries(tests)) {
      try {
        await test(project);
        passed += 1;
        console.log(`ok   ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAIL ${name}\n${error.message}`);
      }
    }
  });
} catch (error) {
  failed += 1;
  console.log(`FAIL packing and installing\n${error.message}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
