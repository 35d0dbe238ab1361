// A page for tests in Node: imported before a framework, which looks for one when it is loaded. (vitest's own jsdom
// environment would also rewrite the addresses by which the tests find the engine.)
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>', { pretendToBeVisual: true });

const NAMES = [
  'window',
  'document',
  'navigator',
  'Node',
  'Text',
  'Comment',
  'Element',
  'HTMLElement',
  'SVGElement',
  'MathMLElement',
  'HTMLIFrameElement',
  'HTMLMediaElement',
  'DocumentFragment',
  'MutationObserver',
];

for (const name of NAMES) {
  const value = name === 'window' ? window : (window as unknown as Record<string, unknown>)[name];
  if (value !== undefined) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
