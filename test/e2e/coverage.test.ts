// Pinning the tier restarts V8's coverage: the counts of a coverage run must survive.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFor, type Runner, run } from './runs.js';

const VITEST_V8 = [
  '--coverage.enabled',
  '--coverage.provider=v8',
  '--coverage.include=src/counted.ts',
  '--coverage.reporter=json',
];
const JEST = [
  '--coverage',
  '--collectCoverageFrom=src/counted.ts',
  '--coverageReporters=json',
];

it.each([
  ['vitest', 'v8', VITEST_V8],
  ['jest', 'babel', [...JEST, '--coverageProvider=babel']],
  ['jest', 'v8', [...JEST, '--coverageProvider=v8']],
] as const)('%s --coverage by %s counts every call', (runner, provider, args) => {
  const project = projectFor(runner as Runner, `coverage-${provider}`);
  const result = run(project, { fixture: 'coverage.test', args });
  expect(result.tests).toMatchObject([{ status: 'passed', message: '' }]);
  const report = readFileSync(join(project.dir, 'coverage/coverage-final.json'), 'utf8');
  const calls = callsByFunction(JSON.parse(report));
  expect(calls).toMatchObject({ counted: 6, calledBefore: 1, neverCalled: 0 });
  expect(calls.measured).toBeGreaterThan(10);
});

it('NODE_V8_COVERAGE counts every call', () => {
  const { dir } = projectFor('vitest', 'node-coverage');
  const script = join(dir, 'counted.mjs');
  writeFileSync(
    script,
    `import { measure } from '@highwater/core';
    function counted() {}
    function measured() { return {}; }
    function calledBefore() {}
    calledBefore();
    for (let i = 0; i < 3; i++) counted();
    measure(measured);
    for (let i = 0; i < 2; i++) counted();
    measure(measured);
    counted();
    `,
  );
  const folder = join(dir, 'v8');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  const child = spawnSync(node, [script], { env, encoding: 'utf8' });
  expect(child.stderr).toBe('');
  const { result } = JSON.parse(
    readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8'),
  );
  const { functions } = result.find(({ url }: { url: string }) =>
    url.endsWith('counted.mjs'),
  );
  const calls = (name: string): number =>
    functions.find(({ functionName }: { functionName: string }) => functionName === name)
      .ranges[0].count;
  expect(calls('counted')).toBe(6);
  expect(calls('calledBefore')).toBe(1);
  expect(calls('measured')).toBeGreaterThan(10);
});

interface IstanbulFile {
  readonly fnMap: Readonly<Record<string, { readonly name: string }>>;
  readonly f: Readonly<Record<string, number>>;
}

function callsByFunction(report: Readonly<Record<string, IstanbulFile>>) {
  return Object.fromEntries(
    Object.values(report).flatMap(({ fnMap, f }) =>
      Object.entries(fnMap).map(([id, { name }]) => [name, f[id] ?? 0]),
    ),
  );
}
