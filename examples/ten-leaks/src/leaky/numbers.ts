// #region shown
const timingsMs: number[] = [];

export function timed<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  timingsMs.push(performance.now() - start);
  return result;
}
// #endregion
