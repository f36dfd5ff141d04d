import type { Connection } from '../server.js';

// #region shown
export function keepAlive(connection: Connection): void {
  const heartbeat = setInterval(() => connection.ping(), 60_000);
  connection.once('close', () => clearInterval(heartbeat));
}
// #endregion
