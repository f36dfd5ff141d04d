import { createHistogram } from 'node:perf_hooks';

// #region shown
const timingsNs = createHistogram();

export function timed<T>(work: () => T): T {
  const start = process.hrtime.bigint();
  const result = work();
  timingsNs.record(process.hrtime.bigint() - start);
  return result;
}
// #endregion
