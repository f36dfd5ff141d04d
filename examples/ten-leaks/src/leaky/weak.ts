import type { Connection } from '../server.js';

// #region shown
const statsOf = new WeakMap<Connection, { connection: Connection; bytes: number }>();
const dashboard: { connection: Connection; bytes: number }[] = [];

export function watch(connection: Connection): void {
  const stats = { connection, bytes: 0 };
  statsOf.set(connection, stats);
  dashboard.push(stats);
}
// #endregion
