// Where a frame is, short enough for a column.

import type { Frame } from '../types.js';

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

/** Drops the class of a method that is too long, then cuts the end. */
export function shortenName(name: string, width: number): string {
  if (name.length <= width) return name;
  const method = name.slice(name.lastIndexOf('.') + 1);
  if (method.length <= width) return method;
  return `${method.slice(0, Math.max(0, width - 3))}...`;
}

function relativeTo(root: string, file: string): string {
  const base = slashes(root).replace(/\/$/, '');
  const path = slashes(file);
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Drops folders from the left; a file name that is still too long loses its beginning. */
function shortenPath(path: string, width: number): string {
  if (path.length <= width) return path;
  const parts = path.split('/');
  for (let from = 1; from < parts.length; from++) {
    const rest = `.../${parts.slice(from).join('/')}`;
    if (rest.length <= width) return rest;
  }
  const keep = Math.max(8, width - 3);
  return `...${path.slice(-keep)}`;
}
