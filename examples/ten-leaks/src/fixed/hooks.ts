import type { Connection } from '../server.js';

// #region shown
const openConnections = new Set<Connection>();

export function open(connection: Connection): void {
  openConnections.add(connection);
  connection.once('close', () => openConnections.delete(connection));
}
// #endregion
