import { describe, expect, it } from 'vitest';
import { terminalWidth } from '../../../packages/core/src/terminal.js';

describe('terminalWidth', () => {
  it.each([
    ['a terminal', {}, { isTTY: true, columns: 132 }, 132],
    ['one that does not know', {}, { isTTY: true, columns: 0 }, 80],
    ['a pipe', {}, { columns: 132 }, undefined],
    ['CI with a terminal', { CI: 'true' }, { isTTY: true, columns: 80 }, undefined],
    ['CI=0', { CI: '0' }, { isTTY: true, columns: 90 }, 90],
  ])('of %s', (_, env, stream, width) => {
    expect(terminalWidth(env, stream)).toBe(width);
  });
});
