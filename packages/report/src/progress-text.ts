// A pass that takes long, in one line.

import { cutMiddle, type LongPass } from '@highwater/core';
import { printable } from './words.js';

/** @param width of the terminal */
export function formatPass({ what, name, durationMs }: LongPass, width: number): string {
  const seconds = Math.round(durationMs / 1_000);
  const start = ` highwater: ${seconds} s in ${what}: `;
  return start + cutMiddle(printable(name), width - start.length);
}
