import type { Connection } from '../server.js';

// #region shown
const stops = new Set<(nothing: undefined) => void>();
process.once('SIGTERM', () => {
  for (const stop of stops) stop(undefined);
});

export function answer(connection: Connection): Promise<unknown> {
  return new Promise<unknown>((resolve, reject) => {
    stops.add(resolve);
    const done = connection.query('users').then(resolve, reject);
    done.finally(() => stops.delete(resolve));
  });
}
// #endregion
