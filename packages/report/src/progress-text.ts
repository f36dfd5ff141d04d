// A pass that takes long, in one line.

import type { LongPass } from '@highwater/core';
import { cut } from './terminal.js';
import { printable } from './words.js';

/** @param width of the terminal */
export function formatPass({ what, name, durationMs }: LongPass, width: number): string {
  const seconds = Math.round(durationMs / 1_000);
  return cut(` highwater: ${seconds} s in ${what}: ${printable(name)}`, width);
}
