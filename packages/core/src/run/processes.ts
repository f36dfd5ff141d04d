// What a run file keeps of a process that a test started.

import type { DescendantMeasurement, ProcessMeasurement } from '../types.js';
import type { FileIdentity, ProcessRecord } from './types.js';

type Measured = Omit<DescendantMeasurement, 'exitCode' | 'signal'> & {
  readonly exitCode: number | null | undefined;
} & Partial<Pick<ProcessMeasurement, 'signal'>>;

/** @param isRunning when its test, or file, was over */
export function recordOf(
  { pid, command, parentPid, exitCode, signal, isNode, ...numbers }: Measured,
  { project, file, test }: FileIdentity & { readonly test?: string },
  isRunning: boolean,
): ProcessRecord {
  const { peakRssBytes, isPeakExact, ledgers } = numbers;
  const isKnown = !('unavailable' in ledgers);
  const native =
    isKnown && !('unavailable' in ledgers.native) ? ledgers.native : undefined;
  return {
    name: command,
    pid,
    parentPid,
    ...(project !== undefined && { project }),
    file,
    ...(test !== undefined && { test }),
    isNode,
    ...(isRunning && { outlivedTest: true }),
    ...(typeof exitCode === 'number' && { exitCode }),
    ...(typeof signal === 'string' && { signal }),
    ...(typeof peakRssBytes === 'number' && { peakRssBytes, isPeakExact }),
    ...(isKnown && {
      allocatedBytes: ledgers.heap.allocatedBytes,
      peakHeapBytes: ledgers.heap.peakUsedBytes,
    }),
    ...(native !== undefined && {
      nativeAllocatedBytes: native.allocatedBytes,
      nativePeakBytes: native.peakBytes,
    }),
    ...(!isKnown && { unavailable: ledgers.unavailable }),
  };
}
