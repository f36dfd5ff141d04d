import { describe, expect, it } from 'vitest';
import type {
  HeapGraph,
  HeapStep,
  Native,
  SurvivorGroup,
} from '../../../../packages/core/src/native.js';
import {
  type FileFacts,
  type LeftGroup,
  leftBehind,
} from '../../../../packages/core/src/tracking/left-behind.js';

const root = '/home/ada/app';

// Ids of objects, by age: before the file, of its loading, of its tests, and of what comes after.
const STARTED = 1_000;
const LOADED = 2_000;
const ENDED = 3_000;
const OLD = 101;
const OF_LOADING = 1_101;
const OF_TESTS = 2_101;
const LATER = 3_101;

type Step = readonly [
  edge: string,
  type: string,
  name: string,
  id: number,
  file?: string,
];

function step([edge, type, name, id, file]: Step): HeapStep {
  const [edgeType = '', ...edgeName] = edge.split(' ');
  const place = file && { place: { scriptId: 0, scriptName: file, line: 3, column: 1 } };
  return {
    edgeType,
    edgeName: edgeName.join(' '),
    node: { id, type, name, shallowBytes: 16, retainedBytes: 16, ...place },
  };
}

const V8_ROOT: readonly Step[] = [
  ['', 'synthetic', '', 1],
  ['element 1', 'synthetic', '(GC roots)', 3],
];
const GLOBAL: readonly Step[] = [
  ['', 'synthetic', '', 1],
  ['shortcut 2', 'object', 'global', 5],
];

/** The object at the end of a path; old is what has a smaller id than the mark. */
interface Made {
  readonly path: readonly Step[];
  readonly bytes: number;
}

function graphOf(made: readonly Made[], rooms: readonly Made[]): HeapGraph {
  const firstNew = (path: readonly Step[], mark: number): number =>
    path.findIndex(([, , , id]) => id > mark);
  return {
    survivors: (marks: readonly number[]) =>
      made.flatMap(({ path, bytes }): readonly SurvivorGroup[] => {
        const [mark = 0, later = Number.POSITIVE_INFINITY] = marks;
        const index = firstNew(path, mark);
        if (index < 0) return [];
        const [, type, name, id] = path[index] as Step;
        const common = {
          count: 1,
          olderCount: 0,
          shallowBytes: 16,
          retainedBytes: bytes,
          contents: [],
        };
        const counts = id < later ? [1, 0] : [0, 1];
        const steps = path.slice(0, index + 1).map(step);
        return [{ type, name, ...common, counts, path: steps, firstNew: index }];
      }),
    grownStores: (mark: number) =>
      rooms.flatMap(({ path, bytes }) => {
        const index = firstNew(path, mark);
        const steps = path.slice(0, index + 1).map(step);
        return index < 0 ? [] : [{ storeBytes: bytes, path: steps, firstNew: index }];
      }),
    idOf: (value: object) =>
      value === process.getBuiltinModule('node:path') ? 77 : undefined,
    node: () => undefined,
    paths: () => [],
    dispose: () => {},
  } as unknown as HeapGraph;
}

function look(
  made: readonly Made[],
  facts: Partial<FileFacts> & {
    readonly idNow?: number;
    readonly rooms?: readonly Made[];
  } = {},
): readonly LeftGroup[] | undefined {
  const { idNow = 9, rooms = [], ...others } = facts;
  const addon = {
    objectId: () => idNow,
    captureHeap: () => graphOf(made, rooms),
  } as unknown as Native;
  return leftBehind(addon, {
    marks: { started: STARTED, loaded: LOADED, witness: {}, witnessId: 9 },
    root,
    growthBytes: 1_000_000,
    hasModulesInCommon: true,
    ...others,
  });
}

const KEPT: Made = {
  path: [...GLOBAL, ['property kept', 'object', 'Array', OF_TESTS]],
  bytes: 500_000,
};

const scopeOf = (file: string, functionId: number): readonly Step[] => [
  ...GLOBAL,
  ['property shown', 'closure', 'shown', functionId, file],
  ['internal context', 'object', 'system / Context', functionId + 2],
];

describe('leftBehind', () => {
  it('names what a global holds', () => {
    expect(look([KEPT])).toEqual([
      { className: 'Array', count: 1, bytes: 500_000, heldBy: 'globalThis.kept: Array' },
    ]);
  });

  it.each([
    '__vitest_worker__',
    '<symbol vitest:snapshot>',
    '<symbol $$jest-matchers-object>',
  ])('passes over what the runner keeps in %s', (name) => {
    const path: readonly Step[] = [
      ...GLOBAL,
      [`property ${name}`, 'object', 'Object', OLD],
      ['property files', 'object', 'Array', OF_TESTS],
    ];
    expect(look([{ path, bytes: 500_000 }])).toEqual([]);
  });

  it('passes over what a function of the runner holds', () => {
    const path: readonly Step[] = [
      ...scopeOf(`${root}/node_modules/vitest/dist/worker.js`, OLD),
      ['context results', 'object', 'Array', OF_TESTS],
    ];
    expect(look([{ path, bytes: 500_000 }])).toEqual([]);
  });

  it('passes over what Node notes for itself', () => {
    const path: readonly Step[] = [
      ...scopeOf('node:internal/modules/cjs/loader', OLD),
      ['context cache', 'object', 'Map', OF_TESTS],
    ];
    expect(look([{ path, bytes: 500_000 }])).toEqual([]);
  });

  it('names what is put into a module of Node', () => {
    const path: readonly Step[] = [
      ...scopeOf('node:internal/url', OLD),
      ['context path', 'object', 'Object', 77],
      ['property kept', 'object', 'Array', OF_TESTS],
    ];
    const [group] = look([{ path, bytes: 500_000 }]) ?? [];
    expect(group?.heldBy).toBe('node:path → .kept: Array');
  });

  describe('of a module that the file was the first to load', () => {
    // Any variable at the top level of a file, in the registry of modules.
    const inModule = (id: number): Made => ({
      path: [
        ...GLOBAL,
        ['property __vitest_worker__', 'object', 'Object', OLD],
        ['property run', 'closure', 'look', OF_LOADING, import.meta.filename],
        ['internal context', 'object', 'system / Context', OF_LOADING + 2],
        ['context KEPT', 'object', 'Map', OF_LOADING + 4],
        ['internal table', 'array', '', OF_LOADING + 6],
        ['internal 1', 'object', 'Entry', id],
      ],
      bytes: 500_000,
    });

    it('names what tests put there', () => {
      const [group, ...others] = look([inModule(OF_TESTS)]) ?? [];
      expect(group).toMatchObject({ className: 'Entry', bytes: 500_000 });
      expect(group?.heldBy).toMatch(/^KEPT \(module .*\): Map → entry: Entry$/);
      expect(others).toEqual([]);
    });

    it('takes what it made of itself for the price of loading it', () => {
      expect(look([inModule(OF_LOADING + 8)])).toEqual([]);
    });

    it('counts it once when the module is held by a global, too', () => {
      const { path, bytes } = inModule(OF_TESTS);
      const shown = [
        ...GLOBAL,
        ['property mine', ...(path[3] as Step).slice(1)] as unknown as Step,
        ...path.slice(4),
      ];
      const groups = look([{ path: shown, bytes }]) ?? [];
      expect(groups.map(({ className }) => className)).toEqual(['(closure)']);
    });
  });

  it('leaves out what is younger than the end of the file', () => {
    const marks = { started: STARTED, ended: ENDED, witness: {}, witnessId: 9 };
    const later: Made = {
      path: [...GLOBAL, ['property next', 'object', 'Array', LATER]],
      bytes: 500_000,
    };
    const [group, ...others] = look([KEPT, later], { marks }) ?? [];
    expect(group?.heldBy).toBe('globalThis.kept: Array');
    expect(others).toEqual([]);
  });

  it('takes modules that outlive a world for the runner’s', () => {
    const path: readonly Step[] = [
      ...V8_ROOT,
      // Any variable that is at the top level of a file.
      ['element 2', 'closure', 'look', OLD, import.meta.filename],
      ['internal context', 'object', 'system / Context', OLD + 2],
      ['context GLOBAL', 'object', 'Array', OF_TESTS],
    ];
    const made: Made = { path, bytes: 500_000 };
    expect(look([made])).toHaveLength(1);
    expect(look([made], { hasModulesInCommon: false })).toEqual([]);
  });

  it('counts the room of older collections up to the growth', () => {
    const room: Made = {
      path: [
        ...GLOBAL,
        ['property numbers', 'object', 'Array', OLD],
        ['internal elements', 'array', '', OF_TESTS],
      ],
      bytes: 900_000,
    };
    expect(look([KEPT], { rooms: [room], growthBytes: 600_000 })).toEqual([
      { className: 'Array', count: 1, bytes: 500_000, heldBy: 'globalThis.kept: Array' },
      {
        className: 'Array',
        count: 1,
        bytes: 100_000,
        heldBy: 'globalThis.numbers: Array',
      },
    ]);
    expect(look([KEPT], { rooms: [room], growthBytes: 500_000 })).toHaveLength(1);
  });

  it('does not guess when the objects have got new ids', () => {
    expect(look([KEPT], { idNow: 11 })).toBeUndefined();
    const marks = { started: STARTED, witness: {}, witnessId: undefined };
    expect(look([KEPT], { marks })).toBeUndefined();
  });
});
