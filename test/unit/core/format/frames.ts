// Frames for texts to name, and the room that these texts have.

import { expect } from 'vitest';
import type { Frame } from '../../../../packages/core/src/types.js';

export const root = '/home/ada/app';

export function frame(functionName: string, file: string, line: number): Frame {
  const isDependency = file.includes('node_modules/');
  return {
    functionName,
    file: file.startsWith('node:') || file === '' ? file : `${root}/${file}`,
    line,
    column: 1,
    origin: file.startsWith('node:') ? 'node' : isDependency ? 'dependency' : 'user',
  };
}

export const parse = frame('parse', 'src/parser.ts', 12);
export const tokenize = frame('tokenize', 'src/lexer.ts', 88);
/** The test that calls them. */
export const testBody = frame('', 'test/parser.test.ts', 9);

/** The first line may be longer: it is one sentence that tools quote alone. */
export function expectToFit(text: string): void {
  const lines = text.trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(16);
  for (const line of lines.slice(1)) {
    // A path is whole, so that terminals make a link of it.
    if (!/^ +\S+:\d+$/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
    expect(line).toBe(line.trimEnd());
  }
}
