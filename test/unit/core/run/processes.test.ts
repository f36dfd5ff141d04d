import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../../packages/core/src/run/processes.js';

const owner = { file: 'test/a.test.ts', test: 'test/a.test.ts > starts a server' };
const measured = {
  pid: 42,
  command: 'node server.js',
  parentPid: 41,
  exitCode: 0,
  signal: null,
  isNode: true,
  peakRssBytes: 99,
  isPeakExact: true,
  ledgers: {
    heap: { allocatedBytes: 30, peakUsedBytes: 20 },
    native: { allocatedBytes: 12, peakBytes: 11 },
  },
};

describe('recordOf', () => {
  it('has every number, and whose it is', () => {
    expect(recordOf(measured, owner, false)).toEqual({
      name: 'node server.js',
      pid: 42,
      parentPid: 41,
      ...owner,
      isNode: true,
      exitCode: 0,
      peakRssBytes: 99,
      isPeakExact: true,
      allocatedBytes: 30,
      peakHeapBytes: 20,
      nativeAllocatedBytes: 12,
      nativePeakBytes: 11,
    });
  });

  it('has no number that is not known, but why', () => {
    const unavailable = 'it was still running';
    const running = {
      ...measured,
      exitCode: null,
      peakRssBytes: { unavailable: 'it ended before it could be read' },
      isPeakExact: false,
      ledgers: { unavailable },
    };
    expect(recordOf(running, { file: owner.file }, true)).toEqual({
      name: 'node server.js',
      pid: 42,
      parentPid: 41,
      file: owner.file,
      isNode: true,
      outlivedTest: true,
      unavailable,
    });
  });

  it('has the heap where only native memory is not known', () => {
    const ledgers = { heap: measured.ledgers.heap, native: { unavailable: 'musl' } };
    const record = recordOf({ ...measured, ledgers }, owner, false);
    expect(record).toMatchObject({ allocatedBytes: 30, peakHeapBytes: 20 });
    expect(record).not.toHaveProperty('nativePeakBytes');
  });
});
