// `import '@highwater/vitest/setup'`, in a test file or in `setupFiles`.

import {
  type BaselineDefaults,
  checkAwaited,
  configureBaselines,
  dropReports,
  enterTest,
  formatBaselineSummary,
  leaveFile,
  leaveTest,
  matchers,
  sendSummary,
  tellPasses,
  updateModeOf,
} from '@highwater/core';
import {
  afterAll,
  afterEach,
  beforeAll,
  expect,
  inject,
  type RunnerTestCase,
  type RunnerTestFile,
} from 'vitest';
import { BASELINE_KEY, CHANNEL_KEY } from './keys.js';
import { listenToTests } from './runner.js';
import { finishedTests, nameOfTask } from './tests.js';
import {
  collectTracked,
  enterTracked,
  finishChildrenTracked,
  finishTracked,
  isRetainedAsked,
  isTracking,
  LONG_MS,
  leaveFileTracked,
  leaveTracked,
  loadedFileTracked,
  planOf,
  project,
  startChildrenTracked,
  startFileTracked,
} from './tracking.js';
import './types.js';

expect.extend(matchers);

const defaults = inject(BASELINE_KEY as never) as BaselineDefaults | undefined;
if (defaults !== undefined) configureBaselines(defaults);

const channel = inject(CHANNEL_KEY as never) as string | undefined;
tellPasses(channel, expect.getState().testPath ?? '');

let file: RunnerTestFile | undefined;

startChildrenTracked(expect.getState().testPath);

// What the hooks of others, and ours, let go of is gone when this one runs: the last one that is written runs first.
if (startFileTracked(expect.getState().testPath)) {
  beforeAll(loadedFileTracked, LONG_MS);
  afterAll(leaveFileTracked, LONG_MS);
}

/** The test whose try has begun and not ended. */
let running: RunnerTestCase | undefined;

await listenToTests({
  collected: collectTracked,
  planOf: isTracking ? planOf : undefined,
  started(task) {
    // Before Vitest 4 nobody tells when hooks are over.
    if (running === undefined) return enter(task);
    return leave(running).then(() => enter(task));
  },
  ended(task) {
    // What is under way may be the matcher of a test beside this one.
    if (task.concurrent === true) return undefined;
    leaveTest();
    return checkAwaited();
  },
  left: leave,
  // Where Node gave Vitest the set-up of the file before (without isolation, with `deps.optimizer.ssr`), this file has
  // none of the hooks below.
  fileEnded: () => (file === undefined ? undefined : finishFile(file)),
});

if (isRetainedAsked) afterEach(({ task }) => leave(task));

function enter(task: RunnerTestCase): void {
  running = task;
  file = task.file;
  const mode = updateModeOf(expect.getState().snapshotState, process.env);
  const isConcurrent = task.concurrent === true;
  const test = { ...nameOfTask(task), identity: task, isConcurrent };
  enterTest(task.file.filepath, test, mode, project);
  enterTracked(task);
}

async function leave(task: RunnerTestCase): Promise<void> {
  if (running === task) running = undefined;
  if (task.concurrent !== true) await leaveTracked(task);
}

afterAll(() => finishFile(file));

async function finishFile(ended: RunnerTestFile | undefined): Promise<void> {
  file = undefined;
  if (running !== undefined) await leave(running);
  await finishChildrenTracked();
  dropReports();
  const tests = ended === undefined ? undefined : finishedTests(ended);
  finishTracked(tests ?? []);
  const summary = leaveFile(tests);
  if (summary === undefined) return;
  if (channel !== undefined) {
    sendSummary(channel, summary);
    return;
  }
  // Nobody reports.
  const lines = formatBaselineSummary([summary], process.cwd());
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
}
