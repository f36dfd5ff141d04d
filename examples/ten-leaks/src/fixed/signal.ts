import { setMaxListeners } from 'node:events';
import type { Connection } from '../server.js';

const shutdown = new AbortController();

// #region shown
export async function load(connection: Connection): Promise<string> {
  const onAbort = () => connection.destroy();
  shutdown.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await connection.query('users');
  } finally {
    shutdown.signal.removeEventListener('abort', onAbort);
  }
}
// #endregion

setMaxListeners(0, shutdown.signal);
