import { setMaxListeners } from 'node:events';
import type { Connection } from '../server.js';

// #region shown
const shutdown = new AbortController();

export async function load(connection: Connection): Promise<string> {
  shutdown.signal.addEventListener('abort', () => connection.destroy(), { once: true });
  return connection.query('users');
}
// #endregion

setMaxListeners(0, shutdown.signal);
