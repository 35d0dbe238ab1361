import { describe, expect, it } from 'vitest';

import { Emitter } from '../../js/client/emitter.js';

describe('given an emitter', () => {
  it('calls every listener and says whether there was one', () => {
    const emitter = new Emitter<{ a: number }>(() => {});
    const heard: number[] = [];
    expect(emitter.emit('a', 1)).toBe(false);
    emitter.on('a', (n) => heard.push(n));
    emitter.on('a', (n) => heard.push(n * 10));
    expect(emitter.emit('a', 2)).toBe(true);
    expect(heard).toEqual([2, 20]);
  });

  it('stops calling a listener that was taken off, either way', () => {
    const emitter = new Emitter<{ a: number }>(() => {});
    const heard: number[] = [];
    const listener = (n: number): number => heard.push(n);
    emitter.on('a', listener)();
    emitter.emit('a', 1);
    emitter.on('a', listener);
    emitter.off('a', listener);
    emitter.emit('a', 2);
    expect(heard).toEqual([]);
  });

  it('contains a listener that throws', () => {
    const contained: unknown[] = [];
    const heard: string[] = [];
    const emitter = new Emitter<{ a: number }>((thrown) => contained.push(thrown));
    emitter.on('a', () => {
      throw new Error('mine');
    });
    emitter.on('a', () => heard.push('still called'));
    emitter.emit('a', 1);
    expect(heard).toEqual(['still called']);
    expect(contained).toEqual([new Error('mine')]);
  });

  it('lets a listener take another one off while it runs', () => {
    const emitter = new Emitter<{ a: number }>(() => {});
    let calls = 0;
    const off = emitter.on('a', () => {
      calls++;
      off();
    });
    emitter.on('a', () => calls++);
    emitter.emit('a', 1);
    emitter.emit('a', 1);
    expect(calls).toBe(3);
  });
});
