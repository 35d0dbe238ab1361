// The blocks that no test runs, each with why. Keep it short: whoever reads an example takes it for tried.

/** @type {{page: string, has: string, why: string}[]} */
export const NOT_RUN = [
  { page: 'README.md', has: 'npm test ', why: 'npm test is what runs this check; the demo is run by tests/e2e' },
  { page: 'demo/README.md', has: '──▶', why: 'a drawing' },
  {
    page: 'docs/serve.md',
    has: 'FROM node:22',
    why: 'needs an image registry; the command in its last line is run by tests/cli',
  },
  {
    page: 'tests/spec/README.md',
    has: 'runner/node.mjs',
    why: 'each line is a suite of npm test: vectors, vectors-node, …',
  },
];
