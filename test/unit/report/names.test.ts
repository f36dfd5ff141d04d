// Names and paths in what is printed: whole in a log, and told apart at a terminal.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../packages/core/src/format/columns.js';
import {
  compareTests,
  formatComparison,
  formatGate,
  formatPass,
  formatSummary,
  formatTest,
  judgeRun,
  referencesFrom,
  runTolerances,
} from '../../../packages/report/src/index.js';
import { toFullStyle } from '../../../packages/report/src/style.js';
import { testLines } from '../../../packages/report/src/test-lines.js';
import { allocating, fileOf, runOfTests, siteOf, testOf } from './runs.js';

const FOLDER = 'packages/immutable-collections/__tests__/structural-sharing';
const BEGINNING =
  'base functionality of proxies with structural sharing, drafts of drafts';
const END = 'keeps the identity of what nobody has changed';
const titles = ['in an object', 'in an array', 'in a Map'].map(
  (where) => `${BEGINNING} > ${where} > ${END}`,
);
const tests = titles.map((title, index) =>
  allocating(title, 9_000_000 - index, {
    file: `${FOLDER}/produce-with-patches.test.ts`,
    line: 70 + index,
    limits: [{ metric: 'peak', limit: 1, actual: 2, isBroken: true }],
    callsites: [
      siteOf(`visitEveryDraftThatIs${'Very'.repeat(9)}DeepAndFinalizeIt`, 3_000_000, {
        file: `${FOLDER}/finalize.ts`,
      }),
      siteOf('clone', 1_000_000),
    ],
  }),
);
const COMMAND = `node ${FOLDER}/server.js --port 8080 --verbose --trace-warnings`;
const run = runOfTests(tests, {
  files: ['', 'other-'].map((prefix) =>
    fileOf(`${FOLDER}/${'deep/'.repeat(9)}${prefix}patches.test.ts`, {
      leftBehindBytes: 1e6,
      heldBy: [`cache (module ${FOLDER}/cache.ts:3): Map`],
      classes: [{ name: 'ADraftOfADraft'.repeat(9), count: 2, bytes: 2 }],
    }),
  ),
  processes: [
    {
      name: COMMAND,
      pid: 3,
      isNode: true,
      peakRssBytes: 5,
      file: `${FOLDER}/${'deep/'.repeat(9)}patches.test.ts`,
    },
  ],
});
const other = runOfTests(
  tests.map((test) => ({
    ...test,
    measured: { ...test.measured!, allocatedBytes: 9 },
    callsites: [],
  })),
);

/** Everything that lists names. */
function texts(width?: number): Readonly<Record<string, readonly string[]>> {
  const style = { width };
  const comparison = compareTests(referencesFrom(other, run), run.tests, runTolerances());
  const judged = judgeRun(run, {
    references: referencesFrom(other, run),
    tolerances: runTolerances(),
  });
  return {
    summary: formatSummary(run, style),
    gate: formatGate(judged, style),
    comparison: formatComparison(comparison, style),
    test: formatTest(tests[0] ?? testOf('none'), style, run.processes),
  };
}

const PLACES = tests.map(({ file, line }) => `${file}:${line}`);

describe('in a log', () => {
  it.each(Object.entries(texts()))('the %s cuts nothing', (_, lines) => {
    const text = lines.join('\n');
    expect(text).not.toMatch(/\.\.\.(?!and)/);
    expect(text).toContain(PLACES[0]);
    expect(text).toContain(titles[0]);
    expect(text).toContain(`${FOLDER}/finalize.ts:10`);
  });

  it('every test is a line with its title and where it is', () => {
    const lines = formatSummary(run);
    for (const [index, title] of titles.entries()) {
      expect(lines.join('\n')).toContain(`${title}  ${PLACES[index]}\n`);
    }
    expect(lines).toContain(`  5 B  process 3: ${COMMAND}`);
    expect(lines).toContain(`  1 MB  ${run.files[0]?.file}`);
  });
});

describe('at a terminal', () => {
  it.each([40, 60, 80, 120, 200])('of %d columns no line has more', (width) => {
    for (const lines of Object.values(texts(width))) {
      for (const line of lines) {
        // What cannot be broken: a word of a sentence, and what would read like another.
        if (width > columnsOf(PLACES[0] ?? '') && !line.includes('deep/'))
          expect(columnsOf(line), line).toBeLessThanOrEqual(width);
      }
    }
  });

  it.each([columnsOf(PLACES[0] ?? ''), 100, 120, 200])(
    'of %d columns paths can be clicked',
    (width) => {
      for (const [name, lines] of Object.entries(texts(width))) {
        const shown = name === 'test' ? PLACES.slice(0, 1) : PLACES;
        for (const place of [...shown, `${FOLDER}/finalize.ts:10`]) {
          expect(lines.join('\n'), name).toContain(place);
        }
      }
    },
  );

  it('titles that differ still do', () => {
    const word = fc.stringMatching(/^[a-c日👍]{1,9}$/u);
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(text, text), { maxLength: 5, selector: String }),
        fc.integer({ min: 40, max: 120 }),
        (parts, width) => {
          const list = parts.map(([a, b]) =>
            allocating(`${BEGINNING} ${a} ${END} ${b}`, 1),
          );
          const shown = testLines(list, toFullStyle({ width }), '  ');
          expect(new Set(shown.map((lines) => lines.join(' '))).size).toBe(
            new Set(list.map(({ titles }) => titles.join())).size,
          );
        },
      ),
    );
  });

  it('reads like this', () => {
    const short = runOfTests([
      ...tests,
      allocating('解析する '.repeat(12).trim(), 8_000_000),
      allocating('prints', 7_000_000),
    ]);
    const lines = formatSummary(short, { width: 80 });
    const start = lines.indexOf('Most allocated');
    expect(`\n${lines.slice(start, -2).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Most allocated
        9 MB  parser > base functionality of proxies with structural sharing, drafts
                of drafts > in an object > keeps the identity of what nobody has
                changed
                packages/.../structural-sharing/produce-with-patches.test.ts:70
        9 MB  parser > base functionality of proxies with structural sharing, drafts
                of drafts > in an array > keeps the identity of what nobody has
                changed
                packages/.../structural-sharing/produce-with-patches.test.ts:71
        9 MB  parser > base functionality of proxies with structural sharing, drafts
                of drafts > in a Map > keeps the identity of what nobody has changed
                packages/.../structural-sharing/produce-with-patches.test.ts:72
        8 MB  parser > 解析する 解析...析する 解析する 解析する  test/parser.test.ts:7
        7 MB  parser > prints  test/parser.test.ts:7
      "
    `);
    expect(
      `\n${formatTest(tests[0]!, { width: 80 }).slice(-6).join('\n')}\n`,
    ).toMatchInlineSnapshot(`
      "
        retained     0 B          0 B
        broken: peak 2 B, limit 1 B (+1 B)
        callsites
          3 MB  visitEveryDraftThatIsVer...VeryVeryDeepAndFinalizeIt
            packages/immutable-collections/__tests__/structural-sharing/finalize.ts:10
          1 MB  clone  src/parser.ts:10
      "
    `);
  });

  it('a pass that takes long keeps the end of its name', () => {
    const pass = {
      what: 'toNotLeak',
      name: `src/a.test.ts > ${titles[0]}`,
      durationMs: 2e3,
    };
    const line = formatPass(pass, 60);
    expect(line).toMatch(/^ highwater: 2 s in toNotLeak: src.*\.\.\..*has changed$/);
    expect(columnsOf(line)).toBe(60);
  });
});

describe('callsites that have one name and one line', () => {
  const caller = (functionName: string, line: number) => ({
    functionName,
    file: 'src/rules.ts',
    line,
  });
  const site = (bytes: number, of?: ReturnType<typeof caller>) =>
    siteOf('', bytes, { line: 71, ...(of && { caller: of }) });

  it('are told apart by who called them', () => {
    const test = testOf('validates', {
      callsites: [
        site(5_000, caller('isEmail', 3)),
        site(4_000, caller('isURL', 9)),
        siteOf('normalize', 3_000, { caller: caller('isURL', 9) }),
        site(2_000),
      ],
    });
    expect(`\n${formatTest(test).slice(-7).join('\n')}\n`).toMatchInlineSnapshot(`
      "
        callsites
          5 kB  (anonymous)  src/parser.ts:71
                  < isEmail  src/rules.ts:3
          4 kB  (anonymous)  src/parser.ts:71
                  < isURL    src/rules.ts:9
          3 kB  normalize    src/parser.ts:10
          2 kB  (anonymous)  src/parser.ts:71
      "
    `);
  });

  it('are one where the caller is the same, too', () => {
    const test = testOf('validates', {
      callsites: [site(5_000), site(4_000), site(1)],
    });
    expect(formatTest(test).slice(-2)).toEqual([
      '  callsites',
      '    9 kB  (anonymous)  src/parser.ts:71',
    ]);
  });

  it('are compared as one line of source', () => {
    const before = runOfTests([
      allocating('a', 9_000_000, {
        callsites: [site(5e6), site(4e6, caller('isURL', 9))],
      }),
    ]);
    const now = runOfTests([
      allocating('a', 20_000_000, {
        callsites: [
          site(9e6, caller('isURL', 9)),
          site(7e6, caller('isEmail', 3)),
          site(4e6),
        ],
      }),
    ]);
    const { changes } = compareTests(
      referencesFrom(before, now),
      now.tests,
      runTolerances(),
    );
    expect(changes[0]?.callsites.map(({ bytesDifference }) => bytesDifference)).toEqual([
      11e6,
    ]);
  });
});
