import { EventEmitter } from 'node:events';
import type { Connection } from '../server.js';

const settings = new EventEmitter().setMaxListeners(0);

// #region shown
export function serve(connection: Connection): void {
  const onChange = () => connection.ping();
  settings.on('change', onChange);
  connection.once('close', () => settings.off('change', onChange));
}
// #endregion
