import { startDemo } from './launch.mjs';

/** One server for all files. @param {import('vitest/node').TestProject} project */
export default async function setup(project) {
  const { url, stripe, paygentic, stop } = await startDemo();
  project.provide('demo', url);
  project.provide('stripe', stripe);
  project.provide('paygentic', paygentic);
  return stop;
}
