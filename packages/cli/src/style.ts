// Colours and columns of what is printed.

import { styleText } from 'node:util';
import { type Paint, plainPaint, terminalWidth } from '@highwater/core';
import type { ReportStyle } from '@highwater/report';
import type { World } from './world.js';

const colours: Paint = {
  bold: (text) => paint('bold', text),
  dim: (text) => paint('dim', text),
  red: (text) => paint('red', text),
  green: (text) => paint('green', text),
};

/** @param isColoured false for `--no-color` */
export function styleFor({ env, stdout }: World, isColoured: boolean): ReportStyle {
  return {
    paint: isColoured && hasColours(env, stdout.isTTY === true) ? colours : plainPaint,
    width: terminalWidth(env, stdout),
  };
}

/** https://no-color.org and https://force-color.org: a variable that is not empty, whatever it says. */
function hasColours(
  { NO_COLOR, FORCE_COLOR, TERM }: World['env'],
  isTTY: boolean,
): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return isTTY && TERM !== 'dumb';
}

/** Decided above, not by what Node thinks of its own stdout. */
function paint(format: 'bold' | 'dim' | 'red' | 'green', text: string): string {
  return styleText(format, text, { validateStream: false });
}
