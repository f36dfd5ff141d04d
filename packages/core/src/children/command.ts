// A command as reports show it: which process a number is of.

import { isAbsolute, relative, sep } from 'node:path';

const MOST_CHARACTERS = 100;

/**
 * `node server.js --port 80`: the file without its folders, paths below `folder` relative to it.
 *
 * @param args the executable first
 */
export function commandOf(args: readonly string[], folder: string): string {
  const [file = '', ...rest] = args;
  const name = file.slice(file.lastIndexOf(sep) + 1);
  const text = [name, ...rest.map((one) => shown(one, folder))].join(' ');
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1)}…`;
}

function shown(argument: string, folder: string): string {
  if (!isAbsolute(argument)) return argument;
  const path = relative(folder, argument);
  return path === '' || path.startsWith('..') ? argument : path;
}
