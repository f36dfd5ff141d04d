import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  cutEnd,
  cutMiddle,
  cutStart,
  padEnd,
  padStart,
} from '../../../../packages/core/src/format/columns.js';
import { alignColumns, wrap } from '../../../../packages/core/src/format/layout.js';

describe('columnsOf', () => {
  it.each([
    ['parses', 6],
    ['', 0],
    ['日本語', 6],
    ['한글', 4],
    ['ｱｲｳ', 3],
    ['e\u0301te\u0301', 3],
    ['👍', 2],
    ['👍🏽', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['🇩🇪', 2],
    ['✔\uFE0F', 2],
    ['→ ✓', 3],
    ['\u200B', 0],
  ])('counts what a terminal takes for %j', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe('cutting', () => {
  it('keeps the beginning and the end', () => {
    const title = 'Array.prototype.map > over holes > keeps them (sparse)';
    expect(cutMiddle(title, 30)).toBe('Array.prototy...them (sparse)');
    expect(cutMiddle(title, title.length)).toBe(title);
    expect(cutStart(title, 16)).toBe('...them (sparse)');
    expect(cutEnd(title, 16)).toBe('Array.prototy...');
  });

  it('halves no letter', () => {
    expect(cutMiddle('日本語の長い題名', 9)).toBe('日...題名');
    expect(cutEnd('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5)).toBe('👩‍👩‍👧‍👦...');
  });

  it('never takes more columns than there are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 5, max: 60 }), (title, width) => {
        for (const cut of [cutMiddle, cutStart, cutEnd]) {
          expect(columnsOf(cut(title, width))).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

describe('laying out', () => {
  it('aligns by columns of the terminal', () => {
    expect(
      alignColumns(
        [
          [{ text: '日本' }, { text: 'a' }],
          [{ text: 'ab' }, { text: 'b' }],
        ],
        '',
      ),
    ).toEqual(['日本  a', 'ab    b']);
    expect(padEnd('日', 4) + padStart('本', 4)).toBe('日    本');
  });

  it('wraps by columns of the terminal', () => {
    expect(wrap('日本語 日本語 ab', 10, '')).toEqual(['日本語', '日本語 ab']);
  });
});
