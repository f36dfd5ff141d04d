// What is left out where a line has no room. In a log nothing is.

import { columnsOf, cutMiddle, frameLocation } from '@highwater/core';
import type { FullStyle } from './style.js';

/** Cut in the middle; what would then read like another is whole. */
export function cutApart(texts: readonly string[], width: number): readonly string[] {
  return apart(texts, (text) => cutMiddle(text, width));
}

/** The same of paths: the folders in the middle go first. */
export function cutPaths(paths: readonly string[], width: number): readonly string[] {
  return apart(paths, (path) => cutPath(path, width));
}

/** A path on a line of its own: further to the left before it is cut, so that it can be clicked. */
export function pathLine(
  path: string,
  { width, paint }: FullStyle,
  indent: number,
): string {
  const spare = width - columnsOf(path);
  const left = spare < 0 ? indent : Math.min(indent, spare);
  return ' '.repeat(left) + paint.dim(cutPath(path, width - left));
}

function cutPath(path: string, width: number): string {
  return frameLocation({ file: path, line: 0 }, '', width);
}

function apart(
  texts: readonly string[],
  cut: (text: string) => string,
): readonly string[] {
  const shown = texts.map(cut);
  return texts.map((text, index) => {
    const own = shown[index] ?? text;
    const isAlike = texts.some((other, at) => other !== text && shown[at] === own);
    return isAlike ? text : own;
  });
}

/** How wide the widest is. */
export function widestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(columnsOf));
}
