import type { Connection } from '../server.js';

const statsOf = new WeakMap<Connection, { connection: Connection; bytes: number }>();
const dashboard = new Set<{ connection: Connection; bytes: number }>();

// #region shown
export function watch(connection: Connection): void {
  const stats = { connection, bytes: 0 };
  statsOf.set(connection, stats);
  dashboard.add(stats);
  connection.once('close', () => dashboard.delete(stats));
}
// #endregion
