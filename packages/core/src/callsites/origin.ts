// Whose code a frame is.

import { slashes } from '../file-path.js';
import type { Frame } from '../types.js';
import type { OwnFolders } from './own-code.js';

const RUNNER_PACKAGE =
  /^(?:vitest|vite|vite-node|tinypool|tinyspy|chai|expect|jest|jest-(?!extended$).+|@vitest\/.+|@jest\/.+)$/;
const OWN_PACKAGE = /^(?:highwater|@highwater\/.+)$/;

/** The owner of a file; `''` is a builtin of V8. */
export function originOf(file: string, ownFolders: OwnFolders): Frame['origin'] {
  if (file === '') return 'builtin';
  if (file.startsWith('node:')) return 'node';
  const path = slashes(file);
  if (ownFolders.some((folder) => path.startsWith(folder))) return 'highwater';
  const name = packageOf(path);
  if (name === undefined) return 'user';
  if (OWN_PACKAGE.test(name)) return 'highwater';
  return RUNNER_PACKAGE.test(name) ? 'runner' : 'dependency';
}

/** The innermost package that a path leads into. */
function packageOf(path: string): string | undefined {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}
