// Real runners on the fixtures, as a user has them, and what they said.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type JestRun,
  makeProject,
  type Project,
  type RunnerResult,
  type RunnerTest,
  root,
  runJest,
  runVitest,
  type VitestRun,
} from '../tools/project.mjs';

export type Runner = 'vitest' | 'jest';

/** What a measurement in the fixture numbers.test.ts found, by name. */
export type Numbers = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Outcome extends RunnerResult {
  readonly numbers: Numbers;
}

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;

/** Exact versions of other runners to ask; the repository's own where none is named. */
const VERSIONS: Readonly<Record<Runner, string | undefined>> = {
  vitest: process.env.HIGHWATER_TEST_VITEST,
  jest: process.env.HIGHWATER_TEST_JEST,
};

/** A project in `.e2e/`, where it finds the repository's own runner. */
/** The matrix asks the same of several Nodes at once: each has folders of its own. */
const OF_NODE =
  process.env.HIGHWATER_TEST_NODE === undefined
    ? []
    : [createHash('sha256').update(node).digest('hex').slice(0, 8)];

export function projectFor(runner: Runner, name: string, fixtures?: string): Project {
  const version = VERSIONS[runner];
  const folder = [
    name,
    runner,
    ...(version === undefined ? [] : [version]),
    ...OF_NODE,
  ].join('-');
  return makeProject({
    dir: join(root, '.e2e', folder),
    runner,
    ...(version !== undefined && { version }),
    ...(fixtures !== undefined && {
      fixtures: join(root, 'test/e2e/fixtures', fixtures, runner),
    }),
  });
}

export function run(
  project: Project,
  { pool, mode, args = [], env = {}, ...rest }: VitestRun & JestRun,
): Outcome {
  const folder = mkdtempSync(join(project.dir, '.numbers-'));
  const file = join(folder, 'numbers.jsonl');
  const options = {
    node,
    args,
    env: { ...env, HIGHWATER_E2E_NUMBERS: file },
    ...rest,
  };
  const result =
    project.runner === 'vitest'
      ? runVitest(project, { ...options, ...(pool && { pool }) })
      : runJest(project, { ...options, ...(mode && { mode }) });
  const numbers = readNumbers(file);
  rmSync(folder, { recursive: true });
  return { ...result, numbers };
}

function readNumbers(file: string): Numbers {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  const entries = text.trim().split('\n');
  return Object.fromEntries(entries.map((line) => JSON.parse(line)));
}

/** The test of that name; its absence is a failure of its own. */
export function testNamed(result: RunnerResult, name: string): RunnerTest {
  const found = result.tests.find((test) => test.name === name);
  if (found === undefined) {
    const names = result.tests.map((test) => test.name).join('\n');
    throw new Error(
      `no test "${name}" among:\n${names}\n${result.fileErrors.join('\n')}`,
    );
  }
  return found;
}

/** The text of the first error of a test, without its stack. */
export function textOf({ message }: RunnerTest): string {
  const text = message.split(/\n {4,}at /, 1)[0] ?? '';
  return (
    text
      .replace(/^[A-Za-z]*Error: /, '')
      .replace(/\bNode( +|\n +)\d+\.\d+\.\d+/g, 'Node$1<version>')
      .replace(/\bin [\d,]+ ms\b/g, 'in <n> ms')
      .replace(/\bspread [\d.]+ (.?B)\b/g, 'spread <n> $1')
      // Warming up ends when costs are steady, or the time for it is over.
      .replace(/(\brounds of(?: +|\n +))[\d,]+( +|\n +)calls?\b/g, '$1<n>$2calls')
      // How long toNotLeak looks depends on what it sees of the machine's other life.
      .replace(/\bObserved [\d,]+ calls\b/g, 'Observed <n> calls')
      .replace(/\b[\d,]+ calls changed\b/g, '<n> calls changed')
      .replace(/\b[\d,]+ calls left nothing\b/g, '<n> calls left nothing')
      .replace(
        /\bThe last [\d,]+ calls left [\d,]+ (.*) \(.*\) behind/g,
        'The last <n> calls left <n> $1 (<size>) behind',
      )
      // The last object of a class retains V8's description of it, too.
      .replace(
        /\bits (\w+) \([\d.]+ .?B(?: with what only it holds)?\)/g,
        'its $1 (<size>)',
      )
  );
}

/** `file:line` of the first frame of the stack that lies in a test file. */
export function placeOf({ message }: RunnerTest): string | undefined {
  return /\/([\w-]+\.test\.\w+:\d+):\d+/.exec(message)?.[1];
}

/** The 1-based line of a fixture that contains a text. */
export function lineOf(fixture: string, text: string): number {
  const lines = readFileSync(join(root, 'test/e2e/fixtures', fixture), 'utf8').split(
    '\n',
  );
  const index = lines.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`no line with ${text} in ${fixture}`);
  return index + 1;
}
