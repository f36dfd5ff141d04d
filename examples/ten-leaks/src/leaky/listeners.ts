import { EventEmitter } from 'node:events';
import type { Connection } from '../server.js';

// #region shown
// 0 is "no limit": Node does not warn.
const settings = new EventEmitter().setMaxListeners(0);

export function serve(connection: Connection): void {
  settings.on('change', () => connection.ping());
}
// #endregion
