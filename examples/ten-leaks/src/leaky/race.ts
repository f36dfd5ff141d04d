import { once } from 'node:events';
import type { Connection } from '../server.js';

// #region shown
const shutdown = once(process, 'SIGTERM');

export function answer(connection: Connection): Promise<unknown> {
  return Promise.race([connection.query('users'), shutdown]);
}
// #endregion
