// Paths as everybody here writes them.

import { fileURLToPath } from 'node:url';

/** The path of a `file:` URL; anything else as it is. */
export function filePathOf(scriptName: string): string {
  if (!scriptName.startsWith('file:')) return scriptName;
  try {
    return fileURLToPath(scriptName);
  } catch {
    return scriptName;
  }
}

/** One kind of slash, so that one pattern fits the paths of every platform. */
export function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
