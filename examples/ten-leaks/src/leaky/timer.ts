import type { Connection } from '../server.js';

// #region shown
export function keepAlive(connection: Connection): void {
  setInterval(() => connection.ping(), 60_000);
}
// #endregion
