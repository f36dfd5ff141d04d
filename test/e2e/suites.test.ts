// The script for other people's suites, on a small project in each runner.

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measureSuite } from '../suites/suite.mjs';
import { root } from '../tools/project.mjs';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-suites-test-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the runner reports of the fixture. */
const EXPECTED = {
  vitest: { passed: 6, failed: 1, skipped: 1, failedFiles: 0 },
  jest: { passed: 5, failed: 1, skipped: 1, failedFiles: 0 },
};

it.each(['vitest', 'jest'] as const)('measures a project of %s', (runner) => {
  const dir = join(folder, `small-${runner}`);
  cpSync(join(root, 'test/suites/fixture', runner), dir, { recursive: true });
  mkdirSync(join(dir, 'node_modules'));
  // The runner alone: what highwater needs must come with highwater.
  symlinkSync(join(root, 'node_modules', runner), join(dir, 'node_modules', runner));
  const command = `node ${join(root, 'node_modules', runner, runner === 'jest' ? 'bin/jest.js' : 'vitest.mjs')}${runner === 'jest' ? '' : ' run'}`;
  const suite = measureSuite({ dir, runner, command, name: runner, pairs: 1, runs: 2 });
  expect(suite.counts).toEqual({ plain: EXPECTED[runner], tracked: EXPECTED[runner] });
  expect(suite.differentCounts).toBeUndefined();
  expect(suite.lost).toBe(0);
  expect(suite.gate).toEqual({ judged: 1, alarms: 0, findings: [] });
  expect(suite.claim).toMatch(/^highwater took \d+ ms/);
  expect(suite.peakBytes.plain).toBeGreaterThan(20e6);
  expect(suite.cpu).toBeGreaterThan(0.2);
  expect(suite.runs.plain).toHaveLength(1);
  expect(suite.runs.tracked).toHaveLength(2);
  // The project itself stays as it is.
  expect(existsSync(join(dir, 'node_modules/@highwater'))).toBe(false);
});
