import { beforeEach, describe, expect, it } from 'vitest';
import { sampleNative } from '../../../packages/core/src/leaks/native-sample.js';
import { runSteps } from '../../../packages/core/src/measure/flow.js';
import { measureNativeSites } from '../../../packages/core/src/measure/native-sites.js';
import type { Run } from '../../../packages/core/src/measure/run.js';
import type { NativeProfile } from '../../../packages/core/src/native.js';
import { rootNode } from './callsites/profiles.js';

const column = (...values: readonly number[]) => Float64Array.from(values);

function profile(
  named: boolean,
  columns: number,
): Pick<NativeProfile, 'nodes' | 'counts' | 'bytes' | 'unnamedCount'> {
  const user = {
    ...rootNode,
    parent: 0,
    functionName: 'keep',
    scriptName: '/keep.js',
    line: 3,
  };
  // More at each reading.
  const values = Array.from({ length: columns }, (_, index) =>
    named ? column(0, 300 * index) : column(300 * index),
  );
  return {
    nodes: named ? [rootNode, user] : [rootNode],
    counts: values,
    bytes: values,
    unnamedCount: named ? 0 : 30,
  };
}

/** An addon that has names from its given recording on. */
function runWithNamesFrom(first: number, started: number[]): Run {
  let columns = 0;
  const addon = {
    startNative() {
      started.push(started.length);
      columns = 0;
    },
    readNativeSites: () => columns++,
    readNative: () => ({ heldBytes: 0 }),
    stopNative: () => profile(started.length > first, columns),
  };
  const caller = { addon, call() {}, callInByteWindow() {}, settle() {} };
  const settings = { tier: 'baseline', native: false, ignore: [], internals: false };
  return { caller, settings } as unknown as Run;
}

function never(): never {
  throw new Error('nothing is awaited here');
}

describe('a recording whose stacks have lost their names', () => {
  let started: number[];
  beforeEach(() => {
    started = [];
  });

  it.each([
    { first: 0, recordings: 1, names: true },
    { first: 1, recordings: 2, names: true },
    { first: 2, recordings: 2, names: false },
  ])('blames after $recordings, with names from the one after $first', (known) => {
    const run = runWithNamesFrom(known.first, started);
    const rounds = ({ length }: readonly number[]) => (length < 2 ? 1 : undefined);
    const sampled = runSteps(sampleNative(run, rounds), never);
    expect(started).toHaveLength(known.recordings);
    expect('live' in sampled && sampled.live.nodes.length > 1).toBe(known.names);
  });

  it('is measured again', () => {
    const run = runWithNamesFrom(1, started);
    const measured = runSteps(measureNativeSites(run), never);
    expect(started).toHaveLength(2);
    const [site] = 'sites' in measured ? measured.sites() : [];
    expect(site?.frames[0]?.functionName).toBe('keep');
  });
});
