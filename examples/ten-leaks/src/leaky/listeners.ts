import { EventEmitter } from 'node:events';
import type { Connection } from '../server.js';

// #region shown
// Without the 0, Node would have warned.
const settings = new EventEmitter().setMaxListeners(0);

export function serve(connection: Connection): void {
  settings.on('change', () => connection.ping());
}
// #endregion
