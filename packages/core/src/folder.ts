// What is in a folder that another process may take away at any time.

import { readdirSync } from 'node:fs';

/** Names only; none where there is no such folder, or none that may be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
