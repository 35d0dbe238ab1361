import { startDemo } from './launch.mjs';

/** One server for all files. @param {import('vitest/node').TestProject} project */
export default async function setup(project) {
  const { url, billing, stop } = await startDemo();
  project.provide('demo', url);
  project.provide('billing', billing);
  return stop;
}
