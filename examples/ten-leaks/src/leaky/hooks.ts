import type { Connection } from '../server.js';

// #region shown
const atExit: (() => void)[] = [];

export function open(connection: Connection): void {
  atExit.push(() => connection.destroy());
}
// #endregion
