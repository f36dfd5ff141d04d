import { describe, expect, it } from 'vitest';
import {
  fileNameOf,
  writeHeapSnapshotFile,
} from '../../../../packages/core/src/heap/snapshot-file.js';
import type { HeapGraph } from '../../../../packages/core/src/native.js';
import { raw } from './paths.js';

describe('snapshot files', () => {
  it('have names that every file system takes', () => {
    expect(fileNameOf('closes > the "sessions"/../x')).toBe('closes-the-sessions-..-x');
    expect(fileNameOf('...')).toBe('heap');
    expect(fileNameOf('ü'.repeat(200))).toHaveLength(80);
  });

  it('say what went wrong', () => {
    const graph = {
      node: (id: number) => ({ ...raw('property f > closure waits @ 10')[1]!.node, id }),
      write: () => {
        throw new Error('no space left on device');
      },
    } as unknown as HeapGraph;
    expect(() => writeHeapSnapshotFile(graph, '/dev/null/x', 'test')).toThrow(
      /^The heap snapshot could not be written to .*test-\d{8}-\d{6}-\d{3}\.heapsnapshot: /,
    );
  });
});
