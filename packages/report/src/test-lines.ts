// Tests on lines of their own: the titles, then where each is.

import { columnsOf, cutMiddle, type TestRecord, wrap } from '@highwater/core';
import { pathLine } from './cuts.js';
import type { FullStyle } from './style.js';
import { placeOf, titleOf } from './words.js';

const GAP = 2;
/** A title of fewer columns tells too little: the place goes below it. */
const LEAST_TITLE = 30;

interface Fitted {
  readonly title: string;
  readonly shown: string;
  readonly isBelow: boolean;
}

/**
 * The lines of each test. At a terminal the middle of a title is cut where there is no room; its place is whole, so that
 * it can be clicked. Titles that would read alike are not cut.
 */
export function testLines(
  tests: readonly TestRecord[],
  style: FullStyle,
  indent: string,
): readonly (readonly string[])[] {
  const room = style.width - indent.length;
  const fitted = tests.map((test) => fit(titleOf(test), placeOf(test), room));
  return tests.map((test, index) => {
    const { title, shown, isBelow } = fitted[index] as Fitted;
    const place = placeOf(test);
    const isAlike = fitted.some(
      (other) => other.shown === shown && other.title !== title,
    );
    if (!isBelow && !isAlike) {
      return [`${indent}${shown}${' '.repeat(GAP)}${style.paint.dim(place)}`];
    }
    return [
      ...(isAlike ? wrap(title, style.width, indent, '  ') : [`${indent}${shown}`]),
      pathLine(place, style, indent.length + 2),
    ];
  });
}

/** The same of one test. */
export function testLine(
  test: TestRecord,
  style: FullStyle,
  indent: string,
): readonly string[] {
  return testLines([test], style, indent)[0] ?? [];
}

function fit(title: string, place: string, room: number): Fitted {
  const beside = room - GAP - columnsOf(place);
  const isBelow = beside < Math.min(LEAST_TITLE, columnsOf(title));
  return { title, shown: cutMiddle(title, isBelow ? room : beside), isBelow };
}
