import { describe, expect, it } from 'vitest';
import { mergeRuns } from '../../../../packages/core/src/run/merge.js';
import { fileOf, runOfTests, testOf } from './records.js';

const shard = (index: number, count = 3) => ({ shard: { index, count } });

describe('shards', () => {
  it('become one run that spans them', () => {
    const one = runOfTests([testOf('a')], {
      ...shard(1, 2),
      files: [fileOf('a.test.ts')],
    });
    const two = runOfTests([testOf('b')], {
      ...shard(2, 2),
      startedAt: '2026-01-31T12:00:01.000Z',
      durationMs: 4_000,
    });
    const merged = mergeRuns([one, two]);
    expect(merged).toEqual({
      ...runOfTests([testOf('a'), testOf('b')]),
      files: [fileOf('a.test.ts')],
      durationMs: 5_000,
      cost: { trackingMs: 40 },
    });
    expect(mergeRuns([two, one]).durationMs).toBe(5_000);
  });

  it('that are missing are told', () => {
    const runs = [3, 1].map((index) => runOfTests([testOf(`${index}`)], shard(index)));
    expect(mergeRuns(runs).problems).toEqual(['Shard 2 of 3 is missing.']);
    expect(mergeRuns([runOfTests([], shard(1, 2)), ...runs]).problems).toEqual([
      'The runs are shards of different numbers of shards.',
    ]);
  });

  it('with a test in two of them count the last', () => {
    const runs = [1, 2].map((tries) => runOfTests([testOf('a', { tries })]));
    const { tests, problems } = mergeRuns(runs);
    expect(tests).toEqual([testOf('a', { tries: 2 })]);
    expect(problems).toEqual([expect.stringContaining('> a: the last one counts.')]);
  });

  it('alone stay what they are', () => {
    const run = runOfTests([], shard(1));
    expect(mergeRuns([run])).toBe(run);
  });

  it.each([
    [{ node: '22.1.0' }, 'environments cannot be merged: node20-linux-x64 and node22'],
    [{ arch: 'arm64' }, 'environments cannot be merged'],
    [{ highwater: '0.2.0' }, 'versions of highwater cannot be merged: 0.1.0 and 0.2.0'],
    [{ runner: { name: 'jest', version: '30.0.0' } } as const, 'runners cannot be'],
  ])('of %j cannot be merged with others', (changes, text) => {
    expect(() => mergeRuns([runOfTests(), runOfTests([], changes)])).toThrow(text);
  });

  it('may differ by a patch of Node and of highwater', () => {
    const other = runOfTests([], { node: '20.19.0', highwater: '0.1.9' });
    expect(() => mergeRuns([runOfTests(), other])).not.toThrow();
  });
});
