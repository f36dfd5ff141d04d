import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesApart,
  formatBytesExact,
  formatBytesSigned,
  formatCount,
  formatCountApart,
  formatCountSigned,
  parseBytes,
  parseCount,
} from '../../../packages/core/src/bytes.js';
import { HighwaterError } from '../../../packages/core/src/errors.js';

const parse = (value: unknown): number => parseBytes(value as string, 'a limit');

/** Every size a limit can have, small ones and round ones as likely as large ones. */
const anySize = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 1_000_000_000_000_000 }),
  fc.integer({ min: 0, max: 50 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: 0, max: 15 }).map((exponent) => 10 ** exponent),
);

describe('parseBytes', () => {
  it.each([
    [0, 0],
    [512, 512],
    [5_000_000, 5_000_000],
    ['5MB', 5_000_000],
    ['1.5 MiB', 1_572_864],
    ['20 kB', 20_000],
    ['512B', 512],
    ['0 B', 0],
    ['1 GB', 1_000_000_000],
    ['2TB', 2_000_000_000_000],
    ['1KiB', 1_024],
    ['1 GiB', 1_073_741_824],
    ['1 TiB', 1_099_511_627_776],
    ['4.35 MB', 4_350_000],
    ['1.1 MiB', 1_153_434],
    ['2_000', 2_000],
    ['2_000 kB', 2_000_000],
    ['5 000 000 B', 5_000_000],
    ['5,000,001 B', 5_000_001],
    ['  5   MB  ', 5_000_000],
  ])('reads %o as %d bytes', (value, bytes) => {
    expect(parse(value)).toBe(bytes);
  });

  it.each(['5mb', '5MB', '5mB', '5 mb'])('forgives the case of %s', (value) => {
    expect(parse(value)).toBe(5_000_000);
  });

  it.each(['1kib', '1KIB', '1kiB', '1KiB'])('tells IEC from SI in %s', (value) => {
    expect(parse(value)).toBe(1_024);
  });

  it.each(['5Mb', '5Kb', '1Mib', '1GIb'])('refuses %s, which means bits', (value) => {
    expect(() => parse(value)).toThrow(/means bits/);
  });

  it.each([
    -1,
    0.5,
    Number.NaN,
    Infinity,
    -Infinity,
    '',
    ' ',
    'MB',
    '-5MB',
    '+5MB',
    '5 parsecs',
    '5 MB/s',
    '5 M',
    '5 bytes',
    '1e',
    '1e6',
    '0x10',
    '1.MB',
    '.5 MB',
    '1.2.3 MB',
    '1,5 MB',
    '1,500 MB',
    '5,00 B',
    '5 00 B',
    '5__0 B',
    '_5 B',
    '5_ B',
    '0.3 B',
    '1.5',
    '0.0001 kB',
    'NaN',
    'Infinity',
    `${'9'.repeat(400)} B`,
    null,
    undefined,
    true,
    {},
    [5],
    12n,
    () => 5,
  ])('refuses %o', (value) => {
    expect(() => parse(value)).toThrow(HighwaterError);
    expect(() => parse(value)).toThrow(
      /^Expected a limit to be a size, got .*'5MB'.*'1\.5 MiB'/s,
    );
  });

  it('is not slow on long nonsense', () => {
    const start = performance.now();
    expect(() => parse(`${'1 '.repeat(50_000)}x`)).toThrow(HighwaterError);
    expect(() => parse(`${'1_'.repeat(50_000)}x`)).toThrow(HighwaterError);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('returns whole bytes, 0 or more, or throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), anySize), (value) => {
        let bytes: number;
        try {
          bytes = parse(value);
        } catch (error) {
          expect(error).toBeInstanceOf(HighwaterError);
          return;
        }
        expect(Number.isInteger(bytes)).toBe(true);
        expect(Object.is(Math.abs(bytes), bytes)).toBe(true);
      }),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1_000, '1 kB'],
    [7_312_345, '7.31 MB'],
    [1_572_864, '1.57 MB'],
    [999_999, '1 MB'],
    [0.5, '0.5 B'],
    [-16, '-16 B'],
  ])('prints %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('prints what parses back to the same text, at most half a percent away', () => {
    fc.assert(
      fc.property(anySize, (bytes) => {
        const text = formatBytes(bytes);
        const back = parse(text);
        expect(formatBytes(back)).toBe(text);
        expect(Math.abs(back - bytes)).toBeLessThanOrEqual(bytes * 0.005);
      }),
    );
  });

  it('prints exact bytes that parse back to the byte', () => {
    fc.assert(
      fc.property(anySize, (bytes) => {
        expect(parse(formatBytesExact(bytes))).toBe(bytes);
      }),
    );
  });
});

describe('formatBytesSigned', () => {
  it.each([
    [2_312_345, '+2.31 MB'],
    [-16, '-16 B'],
    [0, '0 B'],
    [-0, '0 B'],
  ])('prints %d as %s', (bytes, text) => {
    expect(formatBytesSigned(bytes)).toBe(text);
  });
});

describe('formatBytesApart', () => {
  it.each([
    [5_000_000, 7_312_345, '5 MB', '7.31 MB'],
    [5_000_000, 5_000_001, '5,000,000 B', '5,000,001 B'],
    [5_000_000, 5_000_000, '5 MB', '5 MB'],
    [5_000_001, 5_000_001, '5,000,001 B', '5,000,001 B'],
    [16, 16.0001, '16 B', '16.0001 B'],
    [-3, 1_000, '-3 B', '1 kB'],
  ])('prints %d and %d as %s and %s', (a, b, textA, textB) => {
    expect(formatBytesApart(a, b)).toEqual([textA, textB]);
  });

  it('never prints two different sizes alike, and both parse back', () => {
    const near = fc
      .tuple(anySize, fc.integer({ min: -2_000, max: 2_000 }))
      .map(([a, by]) => [a, Math.max(0, a + by)] as const);
    fc.assert(
      fc.property(near, ([a, b]) => {
        const [textA, textB] = formatBytesApart(a, b);
        expect(textA === textB).toBe(a === b);
        expect(Math.sign(parse(textA) - parse(textB))).toBe(Math.sign(a - b));
      }),
    );
  });

  it('tells fractions apart', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (a, b) => {
          fc.pre(a !== b);
          const [textA, textB] = formatBytesApart(a, b);
          expect(textA).not.toBe(textB);
        },
      ),
    );
  });
});

describe('counts', () => {
  it('reads whole numbers, 0 or more', () => {
    expect([0, -0, 2_000].map((count) => parseCount(count, 'a limit'))).toEqual([
      0, 0, 2_000,
    ]);
    for (const bad of [-1, 1.5, Number.NaN, Infinity, '5', undefined, null, 5n]) {
      expect(() => parseCount(bad as number, 'a limit')).toThrow(
        /^Expected a limit to be a count, got /,
      );
    }
  });

  it.each([
    [1, '1'],
    [61_204, '61,204'],
    [2.5, '2.5'],
    [-0, '0'],
  ])('prints %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('prints signs', () => {
    expect([340, -3, 0].map(formatCountSigned)).toEqual(['+340', '-3', '0']);
  });

  it('never prints two different counts alike', () => {
    expect(formatCountApart(2_000, 2_000.001)).toEqual(['2,000', '2,000.001']);
    expect(formatCountApart(2_000, 2_340)).toEqual(['2,000', '2,340']);
    expect(formatCountApart(7, 7)).toEqual(['7', '7']);
  });
});
