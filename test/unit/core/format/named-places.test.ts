import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../packages/core/src/format/columns.js';
import { fitPlaces } from '../../../../packages/core/src/format/named-places.js';

const short = { name: 'parse', place: 'src/parser.ts:12' };

describe('fitPlaces', () => {
  it('cuts nothing where all have room', () => {
    const name = 'aNameThatIsLongerThanAnyCoumnOfNames';
    expect(fitPlaces([{ name, place: 'a.ts:1' }, short], 80)).toEqual([
      { name, isBelow: false },
      { name: 'parse', isBelow: false },
    ]);
  });

  it('cuts the middle of a name before it parts it from its place', () => {
    const name = 'aNameThatIsLongerThanAnyCoumnOfNames';
    const [first] = fitPlaces([{ name, place: short.place }], 40);
    expect(first).toEqual({ name: 'aNameThat...umnOfNames', isBelow: false });
  });

  it('gives a place that is too long a line of its own, and only that one', () => {
    const place = 'node_modules/deep-copy-of-everything/lib/internal/clone.js:1204';
    expect(fitPlaces([{ name: 'clone', place }, short], 40)).toEqual([
      { name: 'clone', isBelow: true },
      { name: 'parse', isBelow: false },
    ]);
  });

  it('cuts no prefix', () => {
    const name = 'AbstractFactory.create';
    expect(fitPlaces([{ prefix: '  < .. < ', name, place: short.place }], 40)).toEqual([
      { name: '  < .. < create', isBelow: false },
    ]);
  });

  it('cuts no names that would then read alike', () => {
    const names = ['serialises', 'deserialises'].map(
      (what) => `theBeginningOfBoth_${what}_theEndOfBoth`,
    );
    const fitted = fitPlaces(
      names.map((name) => ({ name, place: 'src/serialise-everything.ts:1' })),
      50,
    );
    expect(fitted).toEqual(names.map((name) => ({ name, isBelow: true })));
  });

  it('tells apart what differs, and keeps to the room', () => {
    const name = fc.string({ minLength: 1, maxLength: 60 });
    const entry = fc.record({ name, place: name });
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 30, max: 100 }),
        (entries, room) => {
          const fitted = fitPlaces(entries, room);
          const whole = new Set(entries.map((one) => one.name));
          expect(new Set(fitted.map((one) => one.name)).size).toBe(whole.size);
          const width = Math.max(...fitted.map((one) => columnsOf(one.name)));
          for (const [index, { isBelow }] of fitted.entries()) {
            const { place } = entries[index] ?? short;
            if (!isBelow) expect(width + 2 + columnsOf(place)).toBeLessThanOrEqual(room);
          }
        },
      ),
    );
  });
});
