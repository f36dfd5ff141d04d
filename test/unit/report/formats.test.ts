import { Ajv } from 'ajv';
import fc from 'fast-check';
import { lexer, type Token, type Tokens } from 'marked';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import {
  formatGitlab,
  formatJunit,
  formatMarkdown,
  formatSarif,
  type GateResult,
  githubAnnotations,
  judgeRun,
  referencesFrom,
  runTolerances,
} from '../../../packages/report/src/index.js';
import { after, allocating, before, runOfTests, siteOf, testOf } from './runs.js';

function judge(run = after, earlier = before): GateResult {
  return judgeRun(run, {
    references: referencesFrom(earlier, run),
    tolerances: runTolerances(['allocated=300kB']),
  });
}

/** A test whose limit is broken, with these names everywhere. */
function named(name: string, file: string): GateResult {
  const test = testOf(name, {
    file,
    titles: [name, name],
    limits: [{ metric: 'peak', limit: 1, actual: 2, isBroken: true }],
    callsites: [siteOf(name, 5, { file })],
  });
  return judge(runOfTests([test], { problems: [name] }), runOfTests());
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'a | b',
    '</details><script>alert(1)</script>',
    '`code` **bold** [link](https://example.test) @everyone',
    ']]>&amp;&#0;"\'',
    '::error::%0A',
    'line\nbreak\r\n\u2028',
    '\uD800',
    '__proto__',
  ),
);

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly parent: string | undefined;
}

/** @throws what is not well-formed */
function parseXml(xml: string): readonly Element[] {
  const found: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, text: '', parent: open.at(-1)?.name };
    found.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return found;
}

describe('JUnit', () => {
  it('has a case for each test, and a failure for each that fails the gate', () => {
    const elements = parseXml(formatJunit(judge()));
    const [root] = elements;
    expect(root).toMatchObject({
      name: 'testsuites',
      attributes: { tests: '7', failures: '4', errors: '0' },
    });
    expect(elements.filter(({ name }) => name === 'testcase')).toHaveLength(7);
    const failures = elements.filter(({ name }) => name === 'failure');
    expect(failures.map(({ parent }) => parent)).toEqual(Array(4).fill('testcase'));
    expect(failures.map(({ attributes }) => attributes.message)).toMatchInlineSnapshot(`
      [
        "regressed: allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)",
        "limit broken: peak 31.2 MB, limit 24 MB (+7.2 MB)",
        "baseline regressed: allocated 10.5 kB per call, baseline 10 kB (+500 B, +5.0 %); objects 101 per call, baseline 100 (+1)",
        "regressed: allocated 3 MB, was 2 MB (+1 MB, +50.0 %)",
      ]
    `);
    expect(failures[0]?.text).toMatchInlineSnapshot(`
      "allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)
        +500 kB  slice  src/text.ts:91"
    `);
  });

  it('counts skipped tests', () => {
    const run = runOfTests([testOf('a', { state: 'skipped' }), testOf('b')]);
    const elements = parseXml(formatJunit(judge(run, run)));
    const suite = elements.find(({ name }) => name === 'testsuite');
    expect(suite?.attributes).toMatchObject({ tests: '2', skipped: '1', failures: '0' });
    expect(elements.filter(({ name }) => name === 'skipped')).toHaveLength(1);
  });

  it('is well-formed whatever tests are called', () => {
    fc.assert(
      fc.property(hostile, hostile, (name, file) => {
        const elements = parseXml(formatJunit(named(name, file)));
        expect(elements.filter((one) => one.name === 'failure')).toHaveLength(1);
      }),
    );
  });
});

describe('Markdown', () => {
  it('has the verdict, a table and callsites that unfold', () => {
    expect(`\n${formatMarkdown(judge())}`).toMatchInlineSnapshot(`
      "
      ## ❌ Memory gate failed: 1 limit broken, 1 baseline regressed, 2 regressed.

      | test | number | was | now | change |
      | --- | --- | ---: | ---: | ---: |
      | 🔴 parser &gt; has a limit<br><code>test/parser.test.ts:40</code> | peak over its limit | limit 24 MB | 31.2 MB | +7.2 MB |
      | 🔴 parser &gt; has a baseline<br><code>test/parser.test.ts:50</code> | allocated, by its baseline | 10 kB | 10.5 kB | +500 B, +5.0 % |
      | 🔴 parser &gt; has a baseline<br><code>test/parser.test.ts:50</code> | objects, by its baseline | 100 | 101 | +1 |
      | 🔴 parser &gt; is renamed with its file<br><code>test/new.test.ts:7</code> | allocated | 2 MB | 3 MB | +1 MB, +50.0 % |
      | 🔴 parser &gt; parses a large document<br><code>test/parser.test.ts:12</code> | allocated | 10 MB | 10.5 MB | +500 kB, +5.0 % |
      | 🟢 parser &gt; prints<br><code>test/parser.test.ts:7</code> | allocated | 5 MB | 4 MB | -1 MB, -20.0 % |

      <details><summary>3 new tests, nothing to compare with</summary>

      - parser &gt; is new <code>test/parser.test.ts:7</code>, peak 50 kB
      - parser &gt; has a limit <code>test/parser.test.ts:40</code>, peak 31.2 MB
      - parser &gt; has a baseline <code>test/parser.test.ts:50</code>, peak 50 kB

      </details>

      <details><summary>Callsites of parser &gt; has a limit</summary>

      | change | bytes | function | where |
      | ---: | ---: | --- | --- |
      |  | 30 MB | <code>readAll</code> | <code>src/read.ts:3</code> |

      </details>

      <details><summary>Callsites of parser &gt; parses a large document</summary>

      | change | bytes | function | where |
      | ---: | ---: | --- | --- |
      | +500 kB | 2 MB | <code>slice</code> | <code>src/text.ts:91</code> |

      </details>

      1 test gone since then.

      ⚠️ 1 problem while recording:

      - The worker of test/crash.test.ts ended before the file did; 2 tests of it are recorded.
      "
    `);
  });

  function tables(markdown: string): readonly Tokens.Table[] {
    return lexer(markdown).filter(
      (token): token is Tokens.Table => token.type === 'table',
    );
  }

  it('is one heading and a table of five columns, whatever tests are called', () => {
    fc.assert(
      fc.property(hostile, hostile, (name, file) => {
        const markdown = formatMarkdown(named(name, file));
        expect(markdown).not.toContain('<script');
        expect(lexer(markdown).filter(({ type }) => type === 'heading')).toHaveLength(1);
        const [table] = tables(markdown);
        expect(table?.rows.map((row) => row.length)).toEqual([5]);
        const inCells = (tokens: readonly Token[]): readonly string[] =>
          tokens.flatMap((token) => [
            token.type,
            ...inCells((token as Tokens.Generic).tokens ?? []),
          ]);
        const kinds = inCells(table?.rows.flat().flatMap(({ tokens }) => tokens) ?? []);
        expect(
          kinds.filter((kind) =>
            ['link', 'strong', 'em', 'codespan', 'image'].includes(kind),
          ),
        ).toEqual([]);
      }),
    );
  });

  it('stays within its bytes however much there is to tell', () => {
    const many = (bytes: number) =>
      runOfTests(
        Array.from({ length: 5_000 }, (_, i) =>
          allocating(`${'ж'.repeat(400)} ${i}`, bytes, {
            callsites: [siteOf('f'.repeat(300), bytes)],
          }),
        ),
      );
    const result = judge(many(9_000_000), many(1_000_000));
    for (const mostBytes of [60_000, 20_000, 1_000]) {
      const markdown = formatMarkdown(result, { mostBytes });
      expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(mostBytes);
      expect(markdown).toMatch(/^## ❌ Memory gate failed: 5000 regressed/);
    }
    expect(formatMarkdown(result, { mostBytes: 20_000 })).toContain(
      'More does not fit here',
    );
  });

  it('of a run with nothing to tell is its verdict', () => {
    expect(formatMarkdown(judge(before, before))).toBe(
      '## ✅ Memory gate passed: 5 tests compared.\n',
    );
  });
});

describe('annotations of GitHub', () => {
  it('are at the line of the test', () => {
    expect(githubAnnotations(judge(), 'packages/app/')).toMatchInlineSnapshot(`
      [
        "::error file=packages/app/test/parser.test.ts,line=40,title=Memory%3A limit broken::parser > has a limit%0Apeak 31.2 MB, limit 24 MB (+7.2 MB)%0A30 MB  readAll  src/read.ts:3",
        "::error file=packages/app/test/parser.test.ts,line=50,title=Memory%3A baseline regressed::parser > has a baseline%0Aallocated 10.5 kB per call, baseline 10 kB (+500 B, +5.0 %25)%0Aobjects 101 per call, baseline 100 (+1)",
        "::error file=packages/app/test/new.test.ts,line=7,title=Memory%3A regressed::parser > is renamed with its file%0Aallocated 3 MB, was 2 MB (+1 MB, +50.0 %25)",
        "::error file=packages/app/test/parser.test.ts,line=12,title=Memory%3A regressed::parser > parses a large document%0Aallocated 10.5 MB, was 10 MB (+500 kB, +5.0 %25)%0A+500 kB  slice  src/text.ts:91",
        "::notice file=packages/app/test/parser.test.ts,line=7,title=Memory%3A improved::parser > prints%0Aallocated 4 MB, was 5 MB (-1 MB, -20.0 %25)",
        "::warning title=highwater::The worker of test/crash.test.ts ended before the file did; 2 tests of it are recorded.",
      ]
    `);
  });

  it('are one line each whatever tests are called, and decode to what was meant', () => {
    fc.assert(
      fc.property(hostile, hostile, (name, file) => {
        for (const line of githubAnnotations(named(name, file))) {
          expect(line).toMatch(/^::(?:error|warning) [^\n\r]*$/);
          const [, properties = ''] = /^::\w+ (.*?)::/.exec(line) ?? [];
          expect(properties.split(',').length).toBeLessThanOrEqual(3);
        }
      }),
    );
  });

  it('are ten of a kind at most', () => {
    const many = (bytes: number) =>
      runOfTests(Array.from({ length: 30 }, (_, i) => allocating(`${i}`, bytes)));
    expect(githubAnnotations(judge(many(9e6), many(1e6)))).toHaveLength(10);
  });
});

describe("GitLab's code quality", () => {
  // What GitLab documents as needed.
  const validate = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
      properties: {
        description: { type: 'string' },
        check_name: { type: 'string' },
        fingerprint: { type: 'string', pattern: '^[0-9a-f]{32}$' },
        severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
        location: {
          type: 'object',
          required: ['path', 'lines'],
          properties: {
            path: { type: 'string' },
            lines: {
              type: 'object',
              required: ['begin'],
              properties: { begin: { type: 'integer', minimum: 1 } },
            },
          },
        },
      },
    },
  });

  it('has an issue for each finding, each with a fingerprint of its own', () => {
    const issues = JSON.parse(formatGitlab(judge()));
    expect(validate(issues)).toBe(true);
    const fingerprints = issues.map(
      (issue: { fingerprint: string }) => issue.fingerprint,
    );
    expect(new Set(fingerprints).size).toBe(4);
    expect(issues[0]).toMatchObject({
      description:
        'parser > has a limit: limit broken: peak 31.2 MB, limit 24 MB (+7.2 MB)',
      severity: 'critical',
      location: { path: 'test/parser.test.ts', lines: { begin: 40 } },
    });
  });

  it('keeps the fingerprint when lines and numbers change', () => {
    const fingerprint = (line: number, actual: number): string => {
      const limits = [{ metric: 'peak', limit: 1, actual, isBroken: true }] as const;
      const run = runOfTests([testOf('a', { line, limits })]);
      return JSON.parse(formatGitlab(judge(run, run)))[0].fingerprint;
    };
    expect(fingerprint(3, 70)).toBe(fingerprint(9, 90));
  });
});

describe('SARIF', () => {
  it('has a result for each finding, at the line of the test', () => {
    const log = JSON.parse(formatSarif(judge()));
    expect(log.version).toBe('2.1.0');
    const [{ tool, results }] = log.runs;
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'limit',
      'baseline',
      'change',
      'file-limit',
      'left-behind',
    ]);
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    }
    expect(results[0]).toMatchInlineSnapshot(`
      {
        "level": "error",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "test/parser.test.ts",
                "uriBaseId": "%SRCROOT%",
              },
              "region": {
                "startLine": 40,
              },
            },
          },
        ],
        "message": {
          "text": "parser > has a limit: limit broken: peak 31.2 MB, limit 24 MB (+7.2 MB).",
        },
        "partialFingerprints": {
          "highwater/v1": "98998dabfb1a13fea72a2bc58ddb5928",
        },
        "ruleId": "limit",
        "ruleIndex": 0,
      }
    `);
  });

  it('has a relative URI for whatever a file is called', () => {
    fc.assert(
      fc.property(hostile, (file) => {
        const [{ results }] = JSON.parse(formatSarif(named('a', file))).runs;
        const { uri } = results[0].locations[0].physicalLocation.artifactLocation;
        expect(uri).toMatch(/^(?:[\w.!~*'()/-]|%[0-9A-F]{2})*$/);
      }),
    );
  });
});
