// The command as a process: what a unit test, which calls it, cannot see.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error plain JavaScript
import { gateProcess } from '../bench/gate/section.mjs';
// @ts-expect-error plain JavaScript
import { largeRun } from '../bench/gate/suite.mjs';

const BIN = join(import.meta.dirname, '../../packages/cli/bin/highwater.js');
const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
const MOST_BYTES = 300_000_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-gate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function put(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function highwater(args: readonly string[]) {
  const { GITHUB_ACTIONS: _, GITLAB_CI: __, FORCE_COLOR: ___, ...env } = process.env;
  return spawnSync(node, [BIN, ...args], { cwd: folder, env, encoding: 'utf8' });
}

describe('the process', () => {
  it('exits with the verdict', () => {
    const run = put('run.json', largeRun(3, { sites: 1 }));
    const good = highwater(['gate', run]);
    expect([good.status, good.stdout]).toEqual([
      0,
      'Memory gate passed: 3 limits held.\n',
    ]);
    const worse = put('worse.json', largeRun(3, { sites: 1, factor: 9 }));
    expect(highwater(['gate', worse, '--against', run]).status).toBe(1);
    expect(highwater(['gate', 'none.json']).status).toBe(2);
  });

  it('writes all of a document into a pipe', () => {
    const run = put('run.json', largeRun(2_000));
    const main = put('main.json', largeRun(2_000, { factor: 9 }));
    const { stdout } = highwater(['gate', run, '--against', main, '--junit', '-']);
    expect(stdout.match(/<testcase /g)).toHaveLength(2_000);
    expect(stdout.endsWith('</testsuites>\n')).toBe(true);
  });
});

describe('20,000 tests', () => {
  it.each([
    ['of counters, held against another run', 0],
    ['with callsites', 10],
  ])('%s take less than 300 MB', (_, sites) => {
    const before = put('before.json', largeRun(20_000, { sites }));
    const after = put('after.json', largeRun(20_000, { sites, factor: 9 }));
    const against = sites === 0 ? ['--against', before] : [];
    const { code, peakBytes, stdout } = gateProcess([
      'gate',
      after,
      ...against,
      '--no-ci',
    ]);
    const verdict =
      sites === 0
        ? 'Memory gate failed: 20 regressed.'
        : 'Memory gate passed: 20,000 limits held.';
    expect(stdout).toContain(verdict);
    expect(code).toBe(sites === 0 ? 1 : 0);
    expect(peakBytes).toBeLessThan(MOST_BYTES);
  });
});
