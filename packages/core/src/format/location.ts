// Where a frame is, short enough for a column.

import type { Frame } from '../types.js';
import { columnsOf, cutMiddle, cutStart } from './columns.js';

/** What a frame is called: its function, or what stands in for a nameless one. */
export function frameName(frame: Frame): string {
  return frame.functionName === '' ? '(anonymous)' : frame.functionName;
}

/** The frame's function, if the user wrote it and gave it a name. */
export function userFunction(frame: Frame | undefined): string | undefined {
  return frame?.origin === 'user' && frame.functionName !== ''
    ? frame.functionName
    : undefined;
}

/** `src/lexer.ts:88`, relative to `root` when inside it; at most `width` columns, file name and line kept. */
export function frameLocation(
  frame: Pick<Frame, 'file' | 'line'>,
  root: string,
  width = Infinity,
): string {
  if (frame.file === '') return '(built in)';
  const line = frame.line > 0 ? `:${String(frame.line)}` : '';
  return shortenPath(relativeTo(root, frame.file), width - line.length) + line;
}

/** Drops the class of a method that is too long, then cuts the middle. */
export function shortenName(name: string, width: number): string {
  if (columnsOf(name) <= width) return name;
  const method = name.slice(name.lastIndexOf('.') + 1);
  return cutMiddle(method === '' ? name : method, width);
}

function relativeTo(root: string, file: string): string {
  const base = slashes(root).replace(/\/$/, '');
  const path = slashes(file);
  return base !== '' && path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Drops folders, those in the middle first; a file name that is still too long loses its beginning. */
function shortenPath(path: string, width: number): string {
  if (columnsOf(path) <= width) return path;
  const [first = '', ...parts] = path.split('/');
  // The folder of the file says more than the first of all.
  for (const [start, least] of [
    [`${first}/.../`, 2],
    ['.../', 1],
  ] as const) {
    for (let from = 1; from <= parts.length - least; from++) {
      const rest = `${start}${parts.slice(from).join('/')}`;
      if (columnsOf(rest) <= width) return rest;
    }
  }
  return cutStart(path, Math.max(11, width));
}
