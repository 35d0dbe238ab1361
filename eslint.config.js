import js from '@eslint/js';
import typescript from 'typescript-eslint';

import { layersRule } from './tools/eslint/layers.mjs';

const plangate = { rules: { layers: layersRule } };

/** What only pages have: the engine and the client run in workers, servers and React Native as well. */
const PAGE_GLOBALS = [
  'window',
  'document',
  'navigator',
  'location',
  'localStorage',
  'sessionStorage',
  'XMLHttpRequest',
];

const EVAL = [
  { selector: "NewExpression[callee.name='Function']", message: 'No new Function: it breaks under a strict CSP.' },
];

export default typescript.config(
  {
    ignores: [
      'dist/',
      'build/',
      'js/engine/generated/',
      'tests/package/.work/',
      'tests/e2e/.work/',
      'demo/dist/',
      'bindings/minimal-glue.js',
    ],
  },
  js.configs.recommended,
  ...typescript.configs.strict,
  {
    plugins: { plangate },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'plangate/layers': 'error',
      'no-eval': 'error',
      'no-restricted-syntax': ['error', ...EVAL],
      // tsc checks names of values and types; ESLint would need every platform's list.
      'no-undef': 'off',
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // An interface may be there to be merged into, or to give a name.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['js/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    // Tests of types name an expression to see whether it compiles.
    files: ['tests/js/types/**'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['js/engine/**/*.ts', 'js/client/**/*.ts'],
    ignores: ['js/engine/entries/node.ts'],
    rules: {
      'no-restricted-globals': ['error', ...PAGE_GLOBALS, 'process', 'Buffer'],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'Only entries/node.ts knows Node.' }] },
      ],
    },
  },
  {
    files: ['js/{engine,client}/**/*.ts'],
    ignores: ['js/engine/entries/**', 'js/engine/glue.d.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/generated/*'], message: 'Only the entries import the generated glue.' }] },
      ],
    },
  },
);
