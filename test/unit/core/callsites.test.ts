import type { Profile, ProfileNode } from '@highwater/native';
import { describe, expect, it, vi } from 'vitest';

import { originOf } from '../../../packages/core/src/callsites/origin.js';
import {
  ownFolders,
  ownFoldersFrom,
} from '../../../packages/core/src/callsites/own-code.js';
import {
  callsiteSeries,
  callsitesOf,
  mapFrames,
  mapSites,
  siteMatches,
  siteTotals,
} from '../../../packages/core/src/callsites.js';
import {
  keepPositions,
  type SourceMapper,
} from '../../../packages/core/src/source-map.js';
import type { Frame } from '../../../packages/core/src/types.js';

const APP = '/app/src/app.ts';
const DEPENDENCY = '/app/node_modules/dep/index.js';
const RUNNER = '/app/node_modules/@vitest/runner/dist/index.js';
const OWN = '/app/node_modules/@highwater/core/dist/esm/index.js';
const NODE = 'node:events';

/** `'name@script:line'`; no script is a builtin. */
type Spot = string;

interface Row {
  /** Outermost first, as one reads a call. */
  readonly stack: readonly Spot[];
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
}

/** A profile as the addon returns it, from stacks. */
function profileOf(...rows: readonly Row[]): Profile {
  const nodes: ProfileNode[] = [
    {
      parent: -1,
      functionName: '(root)',
      scriptName: '',
      scriptId: 0,
      line: 0,
      column: 0,
    },
  ];
  const scripts: string[] = [''];
  const leaves = rows.map((row) => {
    let parent = 0;
    for (const spot of row.stack) {
      const [, functionName = '', scriptName = '', line = '0'] =
        /^([^@]*)@?(.*?):?(\d*)$/.exec(spot) ?? [];
      if (!scripts.includes(scriptName)) scripts.push(scriptName);
      const scriptId = scripts.indexOf(scriptName);
      const column = scriptName === '' ? 0 : 5;
      const same = nodes.findIndex(
        (node) =>
          node.parent === parent &&
          node.functionName === functionName &&
          node.scriptId === scriptId &&
          node.line === Number(line),
      );
      parent =
        same >= 0
          ? same
          : nodes.push({
              parent,
              functionName,
              scriptName,
              scriptId,
              line: Number(line),
              column,
            }) - 1;
    }
    return parent;
  });
  const readings = rows[0]?.counts.length ?? 0;
  const columns = (pick: (row: Row) => readonly number[]): Float64Array[] =>
    Array.from({ length: readings }, (_, reading) => {
      const column = new Float64Array(nodes.length);
      rows.forEach((row, index) => {
        const leaf = leaves[index] ?? 0;
        column[leaf] = (column[leaf] ?? 0) + (pick(row)[reading] ?? 0);
      });
      return column;
    });
  return {
    nodes,
    counts: columns((row) => row.counts),
    bytes: columns((row) => row.bytes),
  };
}

function row(stack: readonly Spot[], count = 10, bytes = 160): Row {
  return { stack, counts: [count], bytes: [bytes] };
}

/** `name file:line`, innermost first. */
function text(frames: readonly Frame[]): readonly string[] {
  return frames.map(({ functionName, file, line }) =>
    `${functionName} ${file}:${String(line)}`.trim(),
  );
}

const AROUND = [`runTest@${RUNNER}:9`, `test@${APP}:1`, `measure@${OWN}:3`, 'call'];

describe('callsitesOf', () => {
  it('divides by the calls of the window', () => {
    const profile = profileOf(row([...AROUND, `parse@${APP}:7`], 10, 160));
    expect(callsitesOf(profile, { calls: 5 })).toEqual([
      {
        frames: [
          {
            functionName: 'parse',
            file: APP,
            line: 7,
            column: 5,
            origin: 'user',
            scriptId: expect.any(Number) as number,
            scriptName: APP,
          },
        ],
        allocatedCount: 2,
        allocatedBytes: 32,
      },
    ]);
  });

  it('reads the last reading, or the one asked for, and leaves out what it does not hold', () => {
    const profile = profileOf(
      { stack: [`a@${APP}:1`], counts: [1, 2], bytes: [16, 32] },
      { stack: [`b@${APP}:2`], counts: [0, 5], bytes: [0, 80] },
    );
    const bytes = (reading?: number) =>
      callsitesOf(profile, {
        calls: 1,
        ...(reading === undefined ? {} : { reading }),
      }).map((site) => site.allocatedBytes);
    expect(bytes()).toEqual([80, 32]);
    expect(bytes(0)).toEqual([16]);
  });

  it('sorts by bytes, then by objects', () => {
    const profile = profileOf(
      row([`small@${APP}:1`], 9, 10),
      row([`few@${APP}:2`], 1, 50),
      row([`many@${APP}:3`], 2, 50),
    );
    expect(
      callsitesOf(profile, { calls: 1 }).map((site) => site.frames[0]?.functionName),
    ).toEqual(['many', 'few', 'small']);
  });
});

describe('a shown stack', () => {
  const shown = (stack: readonly Spot[], internals = false) =>
    callsiteSeries(profileOf(row(stack)), { internals }).map((site) => text(site.frames));

  it('ends at the function that highwater called', () => {
    expect(shown([...AROUND, `outer@${APP}:5`, `inner@${DEPENDENCY}:6`])).toEqual([
      [`inner ${DEPENDENCY}:6`, `outer ${APP}:5`],
    ]);
  });

  it('ends at the innermost call by highwater', () => {
    expect(
      shown([...AROUND, `outer@${APP}:5`, `measure@${OWN}:3`, `inner@${APP}:6`]),
    ).toEqual([[`inner ${APP}:6`]]);
  });

  it('ends at the outermost user frame when the stack does not reach highwater', () => {
    expect(
      shown([`processTicks@${NODE}:2`, `next@${RUNNER}:9`, 'then', `resumed@${APP}:5`]),
    ).toEqual([[`resumed ${APP}:5`]]);
  });

  it('keeps the runner where the user calls it', () => {
    const chai = '/app/node_modules/.pnpm/chai@6/node_modules/chai/index.js';
    expect(shown([...AROUND, `outer@${APP}:5`, `expect@${chai}:1`])).toEqual([
      [`expect ${chai}:1`, `outer ${APP}:5`],
    ]);
  });

  it('collapses node and V8 into the frame that called them', () => {
    const stack = [...AROUND, `on@${APP}:5`, `emit@${NODE}:6`, `handle@${APP}:8`, 'push'];
    expect(shown(stack)).toEqual([[`handle ${APP}:8`, `on ${APP}:5`]]);
    expect(shown(stack, true)).toEqual([
      ['push :0', `handle ${APP}:8`, `emit ${NODE}:6`, `on ${APP}:5`],
    ]);
  });

  it('keeps the node frame when nobody else is on the stack', () => {
    expect(shown([`listOnTimeout@${NODE}:4`, `emit@${NODE}:6`, 'push'])).toEqual([
      [`emit ${NODE}:6`],
    ]);
    expect(shown(['(EXTERNAL)'])).toEqual([['(EXTERNAL) :0']]);
  });

  it.each([
    ['highwater', [...AROUND]],
    ['highwater through node', [...AROUND, `emit@${NODE}:6`, 'push']],
    ['the runner', [`processTicks@${NODE}:2`, `report@${RUNNER}:9`, 'push']],
  ])('does not exist for what %s allocates', (_, stack) => {
    expect(shown(stack)).toEqual([]);
  });
});

describe('callsiteSeries', () => {
  it('has every reading of every callsite, equal stacks merged', () => {
    const profile = profileOf(
      { stack: [...AROUND, `leak@${APP}:7`], counts: [3, 8], bytes: [48, 128] },
      { stack: [...AROUND, `leak@${APP}:7`, 'push'], counts: [0, 1], bytes: [0, 32] },
      { stack: [...AROUND, `cache@${APP}:9`], counts: [5, 5], bytes: [80, 80] },
      { stack: AROUND, counts: [100, 200], bytes: [1e6, 2e6] },
    );
    expect(
      callsiteSeries(profile).map(({ frames, counts, bytes }) => [
        text(frames),
        counts,
        bytes,
      ]),
    ).toEqual([
      [[`leak ${APP}:7`], [3, 9], [48, 160]],
      [[`cache ${APP}:9`], [5, 5], [80, 80]],
    ]);
  });

  it('takes a module that was loaded twice for one, and its latest script for mapping', () => {
    const profile = profileOf(row([`leak@${APP}:7`]), row([`leak@file://${APP}:7`]));
    const sites = callsiteSeries(profile);
    expect(sites.map((site) => site.counts)).toEqual([[20]]);
    expect(sites[0]?.frames[0]?.scriptId).toBe(2);
  });

  it('keeps scripts apart that share a name which is no path', () => {
    const profile = profileOf(row(['f@a']), row(['f@b']));
    const nodes = profile.nodes.map((node) => ({
      ...node,
      scriptName: node.scriptName === '' ? '' : 'evalmachine.<anonymous>',
    }));
    expect(callsiteSeries({ ...profile, nodes })).toHaveLength(2);
  });

  it('calls a script without a name evaluated, not built in', () => {
    const profile = profileOf(row([`run@${APP}:1`, 'f@x:3']));
    const nodes = profile.nodes.map((node) =>
      node.scriptName === 'x' ? { ...node, scriptName: '' } : node,
    );
    expect(text(callsiteSeries({ ...profile, nodes })[0]?.frames ?? [])).toEqual([
      'f <eval>:3',
      `run ${APP}:1`,
    ]);
  });
});

describe('siteTotals', () => {
  const profile = profileOf(
    { stack: [...AROUND, `parse@${APP}:7`], counts: [3, 8], bytes: [48, 128] },
    { stack: [...AROUND, `log@/app/src/logger.ts:2`], counts: [1, 1], bytes: [16, 16] },
    { stack: AROUND, counts: [100, 200], bytes: [1e6, 2e6] },
  );

  it('sums what is the user’s', () => {
    expect(siteTotals(profile, 0)).toEqual({ count: 4, bytes: 64 });
    expect(siteTotals(profile, 1)).toEqual({ count: 9, bytes: 144 });
  });

  it('leaves out what is ignored', () => {
    expect(siteTotals(profile, 1, { ignore: ['logger.ts'] })).toEqual({
      count: 8,
      bytes: 128,
    });
  });

  it('shows rules the mapped frames, and maps only for them', () => {
    const mapper = vi.fn<SourceMapper>((positions) =>
      positions.map(({ scriptName, line }) => ({
        file: scriptName.replace('app.ts', 'grammar.peg'),
        line,
        column: 1,
      })),
    );
    siteTotals(profile, 1, { mapper });
    expect(mapper).not.toHaveBeenCalled();
    expect(siteTotals(profile, 1, { ignore: [/\.peg$/], mapper })).toEqual({
      count: 1,
      bytes: 16,
    });
    expect(mapper).toHaveBeenCalledOnce();
  });
});

describe('siteMatches', () => {
  const frames: readonly Frame[] = [
    { functionName: 'push', file: '/app/src/log.ts', line: 1, column: 1, origin: 'user' },
    {
      functionName: 'main',
      file: '/app/src/main.ts',
      line: 2,
      column: 1,
      origin: 'user',
    },
  ];

  it.each([
    ['src/log', true],
    ['main', true],
    ['mai', true],
    ['pus', false],
    [/^push$/, true],
    [/main\.ts$/, true],
    [/logger/, false],
    [() => false, false],
  ])('%s', (rule, matches) => {
    expect(siteMatches(rule, { frames })).toBe(matches);
  });

  it('is not led astray by a global RegExp', () => {
    const rule = /log/g;
    expect([siteMatches(rule, { frames }), siteMatches(rule, { frames })]).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ['Session', true],
    ['sessions', true],
    ['session', false],
    [/^Sess/, true],
    [/^registry$/, false],
  ])('%s, of survivors', (rule, matches) => {
    const site = { frames: [], className: 'Session', retainers: ['sessions', 'Map'] };
    expect(siteMatches(rule, site)).toBe(matches);
  });

  it('shows a function the whole site', () => {
    const rule = vi.fn(() => true);
    expect(siteMatches(rule, { frames })).toBe(true);
    expect(rule).toHaveBeenCalledWith({ frames });
  });
});

describe('mapping', () => {
  const profile = profileOf(
    row([`outer@${APP}:5`, `a@${APP}:6`]),
    row([`outer@${APP}:5`, `b@${APP}:7`]),
  );

  it('asks once for all sites and keeps the rest of each site', () => {
    const mapper = vi.fn<SourceMapper>((positions) =>
      positions.map(({ line }) => ({
        file: '/app/original.ts',
        line: line * 10,
        column: 2,
      })),
    );
    const sites = mapSites(callsitesOf(profile, { calls: 10 }), mapper);
    expect(mapper).toHaveBeenCalledOnce();
    expect(mapper.mock.calls[0]?.[0]).toHaveLength(3);
    expect(sites.map((site) => [text(site.frames), site.allocatedBytes])).toEqual([
      [['a /app/original.ts:60', 'outer /app/original.ts:50'], 16],
      [['b /app/original.ts:70', 'outer /app/original.ts:50'], 16],
    ]);
  });

  it('leaves nothing in a frame but what a frame is', () => {
    const [site] = callsiteSeries(profile);
    expect(mapFrames(site?.frames ?? [], keepPositions)[0]).toEqual({
      functionName: 'a',
      file: APP,
      line: 6,
      column: 5,
      origin: 'user',
    });
  });

  it('knows a dependency in a bundle', () => {
    const [site] = callsiteSeries(profile);
    const mapper: SourceMapper = (positions) =>
      positions.map(() => ({ file: DEPENDENCY, line: 1, column: 1 }));
    expect(mapFrames(site?.frames ?? [], mapper)[0]?.origin).toBe('dependency');
  });
});

describe('originOf', () => {
  it.each([
    ['', 'builtin'],
    ['node:internal/timers', 'node'],
    ['/app/src/vitest/thing.ts', 'user'],
    ['<eval>', 'user'],
    ['evalmachine.<anonymous>', 'user'],
    ['/app/node_modules/lodash/lodash.js', 'dependency'],
    ['/app/node_modules/jest-extended/dist/index.js', 'dependency'],
    ['/app/node_modules/vitest/dist/worker.js', 'runner'],
    ['/app/node_modules/.pnpm/tinypool@1.0.0/node_modules/tinypool/dist/x.js', 'runner'],
    ['/app/node_modules/vite/dist/node/module-runner.js', 'runner'],
    ['/app/node_modules/jest-circus/build/index.js', 'runner'],
    ['/app/node_modules/@jest/core/build/index.js', 'runner'],
    ['/app/node_modules/expect/build/index.js', 'runner'],
    ['C:\\app\\node_modules\\chai\\index.js', 'runner'],
    ['/app/node_modules/@highwater/vitest/dist/index.js', 'highwater'],
    ['/app/node_modules/vitest/node_modules/ms/index.js', 'dependency'],
    ['/clone/packages/core/dist/esm/index.js', 'highwater'],
  ])('%s: %s', (file, origin) => {
    expect(originOf(file, ['/clone/packages/core/dist/'])).toBe(origin);
  });
});

describe('ownFolders', () => {
  it('finds this clone, whatever has become of stack traces', () => {
    const sources = new URL('../../../packages/core/src/', import.meta.url).pathname;
    expect(ownFolders).toContain(sources);
    expect(originOf(new URL(import.meta.url).pathname, ownFolders)).toBe('user');
  });

  it('is the whole dist of a bundle', () => {
    expect(ownFoldersFrom('/app/vendor/highwater/dist/cjs/index.js')).toEqual([
      '/app/vendor/highwater/dist/',
    ]);
    expect(ownFoldersFrom('')).toEqual([]);
  });

  it('does not take the rest of a clone for our own', () => {
    const folders = ownFoldersFrom('/clone/packages/core/dist/esm/index.js');
    expect(originOf('/clone/packages/vitest/dist/index.js', folders)).toBe('highwater');
    expect(originOf('/clone/examples/jest-basic/src/a.js', folders)).toBe('user');
    expect(originOf('/clone/test/victims/leak.ts', folders)).toBe('user');
  });
});
