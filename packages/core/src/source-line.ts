// What a line of the user's code says.

import { readFileSync } from 'node:fs';

/** Of a bundle nobody wants to see a line. */
const MOST_CHARACTERS = 500;

/**
 * The line without the space around it; undefined where there is none to show.
 *
 * @param line 1-based
 */
export function sourceLine(file: string, line: number): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const code = text.split('\n')[line - 1]?.trim() ?? '';
  return code === '' || code.length > MOST_CHARACTERS ? undefined : code;
}
