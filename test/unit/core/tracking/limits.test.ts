import { describe, expect, it } from 'vitest';
import { formatLimit } from '../../../../packages/core/src/format/limit-text.js';
import { judgeLeftBehind } from '../../../../packages/core/src/run/file-limit.js';
import { judgeLimits } from '../../../../packages/core/src/tracking/body.js';
import {
  limitsOf,
  parseLimits,
  parseSuiteLimits,
  type SuiteLimits,
} from '../../../../packages/core/src/tracking/limits.js';
import { trackingSettings } from '../../../../packages/core/src/tracking/options.js';

const numbers = {
  durationMs: 12,
  allocatedBytes: 1_000,
  peakBytes: 800,
  retainedBytes: 0,
  nativeAllocatedBytes: 600,
  nativePeakBytes: 500,
  gcMs: 0,
};

describe('judgeLimits', () => {
  it.each([
    ['allocated', 1_000],
    ['peak', 800],
    ['native', 500],
    ['retained', 0],
  ] as const)('holds %s at exactly the limit, and not one byte over', (metric, limit) => {
    expect(judgeLimits({ [metric]: limit }, numbers)).toEqual([
      { metric, limit, actual: limit, isBroken: false },
    ]);
    if (limit === 0) return;
    const [record] = judgeLimits({ [metric]: limit - 1 }, numbers);
    expect(record?.isBroken).toBe(true);
  });

  it('refuses to judge native memory that was not recorded', () => {
    const { nativeAllocatedBytes: _, nativePeakBytes: __, ...heap } = numbers;
    expect(() => judgeLimits({ native: 1 }, heap)).toThrow(
      /cannot measure the peak of native/,
    );
  });
});

describe('the limit of what a file leaves behind', () => {
  it('is kept at exactly the limit, and not one byte over', () => {
    const isBroken = (actual: number): boolean | undefined =>
      judgeLeftBehind(1_000_000, actual).limits?.[0]?.isBroken;
    expect([999_999, 1_000_000, 1_000_001].map(isBroken)).toEqual([false, false, true]);
  });

  it('is not kept where nobody looked', () => {
    expect(judgeLeftBehind(1, undefined)).toEqual({ limitsUnchecked: ['leftBehind'] });
    expect(judgeLeftBehind(undefined, undefined)).toEqual({});
  });

  const settings = (limits: SuiteLimits, env: Record<string, string> = {}) =>
    trackingSettings({ limits }, env, 'highwater()');

  it('turns on that somebody looks', () => {
    for (const limits of [
      { leftBehind: '1 MB' },
      { files: { 'heavy/**': { leftBehind: '1 MB' } } },
    ]) {
      const { isOn, details } = settings(limits);
      expect([isOn, [...details]]).toEqual([true, ['files']]);
    }
    expect([...settings({ peak: '1 MB' }).details]).toEqual([]);
  });

  it('does not where tracking is off', () => {
    const off = settings({ leftBehind: '1 MB' }, { HIGHWATER: '0' });
    expect([off.isOn, [...off.details]]).toEqual([false, []]);
  });

  it('comes from the environment, too, and stands beside other details', () => {
    const env = { HIGHWATER_LIMIT_LEFT_BEHIND: '2 MB', HIGHWATER: 'retained' };
    const { details, limits } = settings({ leftBehind: '1 MB' }, env);
    expect([...details]).toEqual(['retained', 'files']);
    expect(limits.all).toEqual({ leftBehind: 2e6 });
  });

  it('differs by file', () => {
    const { limits } = settings({
      leftBehind: '1 MB',
      files: { 'heavy/**': { leftBehind: 0 } },
    });
    const of = (file: string) => limitsOf(limits, file, '/p').leftBehind;
    expect([of('/p/a.test.ts'), of('/p/heavy/a.test.ts')]).toEqual([1e6, 0]);
  });

  it('is none of a single test', () => {
    expect(() => parseLimits({ leftBehind: '1 MB' }, 'withMemoryLimit')).toThrow(
      /leftBehind/,
    );
  });
});

describe('limits of a suite', () => {
  it('differ by file; the later glob counts', () => {
    const limits = parseSuiteLimits(
      {
        peak: '24 MB',
        files: { 'test/**': { allocated: '1 MB' }, '**/heavy.*': { peak: '200 MB' } },
      },
      'highwater().limits',
    );
    expect(limitsOf(limits, '/p/src/a.test.ts', '/p')).toEqual({ peak: 24e6 });
    expect(limitsOf(limits, '/p/test/a.test.ts', '/p')).toEqual({
      peak: 24e6,
      allocated: 1e6,
    });
    expect(limitsOf(limits, '/p/test/heavy.test.ts', '/p')).toEqual({
      peak: 200e6,
      allocated: 1e6,
    });
  });

  it.each([
    [{ peek: 1 }, /no option `peek`.*Did you mean `peak`/],
    [
      { peak: '5Mb' },
      /highwater\(\)\.limits\.peak to be a size, got '5Mb': Mb means bits/,
    ],
    [{ leak: false }, /that is for single tests/],
    [{ files: { 'a/**': { peak: -1 } } }, /limits\.files\["a\/\*\*"\]\.peak/],
    ['24 MB', /must be an object such as/],
  ])('refuses %j', (limits, message) => {
    expect(() => parseSuiteLimits(limits, 'highwater().limits')).toThrow(message);
  });
});

describe('trackingSettings', () => {
  const settings = (options: object, env: Record<string, string> = {}) =>
    trackingSettings(options, env, 'highwater()');

  it.each([
    [{}, {}, false],
    [{ track: true }, {}, true],
    [{ limits: { peak: '1 MB' } }, {}, true],
    [{}, { HIGHWATER: '1' }, true],
    [{ track: true }, { HIGHWATER: '0' }, false],
    [{}, { HIGHWATER_LIMIT_PEAK: '1 MB' }, true],
    [{ children: true }, {}, true],
    [{}, { HIGHWATER_CHILDREN: '1' }, true],
    [{}, { HIGHWATER_CHILDREN: '0' }, false],
  ])('%j with %j is %s', (options, env, isOn) => {
    expect(settings(options, env).isOn).toBe(isOn);
  });

  it.each([
    [{}, {}, false],
    [{ track: true }, {}, false],
    [{ children: true }, {}, true],
    [{ children: true }, { HIGHWATER_CHILDREN: 'off' }, false],
    [{ track: true }, { HIGHWATER_CHILDREN: 'on' }, true],
    [{ children: true }, { HIGHWATER: '0' }, false],
    [{ children: true, track: false }, {}, false],
  ])('children with %j and %j: %s', (options, env, children) => {
    expect(settings(options, env).children).toBe(children);
  });

  it('takes details from either', () => {
    expect([...settings({ track: 'retained' }).details]).toEqual(['retained']);
    const { details } = settings({}, { HIGHWATER: 'retained, callsites' });
    expect([...details]).toEqual(['retained', 'callsites']);
  });

  it('lets the environment come first', () => {
    const { limits, top } = settings(
      { limits: { peak: '1 MB', allocated: 7 }, top: 3 },
      { HIGHWATER_LIMIT_PEAK: '2 MB', HIGHWATER_TOP: '0' },
    );
    expect(limits.all).toEqual({ peak: 2e6, allocated: 7 });
    expect(top).toBe(0);
  });

  it.each([
    [{ track: 'all' }, {}, /Option `track` must be true, false or a list of/],
    [{}, { HIGHWATER: 'yes please' }, /Option `HIGHWATER` must be 1, 0, or a list/],
    [{ children: 'yes' }, {}, /Option `children` must be true or false, got 'yes'/],
    [{}, { HIGHWATER_CHILDREN: 'all' }, /Option `HIGHWATER_CHILDREN` must be 1 or 0/],
    [{}, { HIGHWATER_TOP: 'many' }, /Option `HIGHWATER_TOP` must be a whole number/],
    [
      {},
      { HIGHWATER_LIMIT_PEAK: 'much' },
      /HIGHWATER_LIMIT\.peak to be a size, got 'much'/,
    ],
    [{ trak: true }, {}, /has no option `trak`.*Did you mean `track`/],
  ])('refuses %j with %j', (options, env, message) => {
    expect(() => settings(options, env)).toThrow(message);
  });
});

describe('formatLimit', () => {
  it('says limit, fact, where, next', () => {
    const text = formatLimit(
      {
        record: { metric: 'allocated', limit: 999, actual: 1_000, isBroken: true },
        numbers,
        callsites: [
          {
            frames: [
              {
                functionName: 'parse',
                file: '/p/src/parse.ts',
                line: 3,
                column: 1,
                origin: 'user',
              },
            ],
            allocatedBytes: 900,
            allocatedCount: 30,
          },
        ],
        retained: [],
        isOfTest: true,
        nodeVersion: 'v20.20.2',
      },
      { root: '/p' },
    );
    expect(text).toMatchInlineSnapshot(`
      "Expected the test to allocate 999 B at most, but it allocated 1 kB (+1 B).

        At most 800 B of it was there at the same time.
        allocated in the test, by function (sampled, 900 B in all):
          parse  src/parse.ts:3  900 B  100.0 %

        Limit of withMemoryLimit; one run of 12 ms, Node 20.20.2.
        Next: make it allocate less, or raise the limit: allocated: '1 kB'."
    `);
  });
});
