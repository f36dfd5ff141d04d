// `setupFilesAfterEnv: ['@highwater/jest']`: registers the matchers in every test file.

import { setImmediate as onNextTurn } from 'node:timers';
import {
  CHANNEL_VARIABLE,
  checkAwaited,
  dropReports,
  enterTest,
  formatBaselineSummary,
  leaveFile,
  leaveTest,
  sendSummary,
  tellPasses,
  updateModeOf,
} from '@highwater/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import {
  finishedTests,
  listenToTests,
  moveToEnd,
  type RunningTest,
  runningTest,
} from './circus.js';
import { toldProject } from './project-name.js';
import {
  enterFile,
  enterTracked,
  finishChildrenTracked,
  finishTracked,
  isRetainedAsked,
  LONG_MS,
  leaveFileTracked,
  leaveTracked,
  loadedFileTracked,
  startChildrenTracked,
  startFileTracked,
} from './tracking.js';
import { isAnotherTestMeasuring, matchers } from './whose-matcher.js';
import './types.js';

export {
  type BaselineDefaults,
  configureBaselines,
  type FileLimits,
  type MemoryLimits,
  type SuiteLimits,
  type TestLimits,
} from '@highwater/core';
export { withMemoryLimit } from './limit.js';

expect.extend(matchers);

/** What Jest keeps for matchers; `snapshotState` is not in its types. */
interface ExpectState {
  readonly currentTestName?: string;
  readonly testPath?: string;
  readonly snapshotState?: unknown;
}

const { testPath: path }: ExpectState = expect.getState();
// Before the test file sees the globals.
toldProject();
tellPasses(process.env[CHANNEL_VARIABLE], path ?? '');
const isFileTracked = startFileTracked(path);
const hasTrackedChildren = startChildrenTracked(path);

function enter(test: RunningTest | undefined): void {
  const {
    currentTestName = '',
    testPath,
    snapshotState,
  }: ExpectState = expect.getState();
  if (testPath === undefined) return;
  const named = test ?? {
    titles: [currentTestName],
    ordinal: 0,
    identity: {},
    isConcurrent: false,
  };
  const project = { name: toldProject(), all: undefined };
  enterTest(testPath, named, updateModeOf(snapshotState, process.env), project);
  if (test !== undefined) enterTracked(test);
}

async function ended(): Promise<void> {
  // Jest starts concurrent tests together: theirs is not this test's to await.
  if (isAnotherTestMeasuring(expect.getState().currentTestName)) return;
  leaveTest();
  try {
    await checkAwaited();
  } catch (error) {
    // The matcher's own failure is a rejection that nobody handles. Jest books it on this
    // test if it still runs when Node reports it; after the last test it ends the process.
    await new Promise((resolve) => {
      onNextTurn(resolve);
    });
    throw error;
  }
}

/** The test that was entered last; in its last hook Jest still has it. */
const leave = (): Promise<void> => leaveTracked(runningTest()?.identity);

const isListening = listenToTests({
  started: enter,
  ended,
  left: ({ identity }) => leaveTracked(identity),
});
if (!isListening) {
  beforeEach(() => enter(runningTest()));
  afterEach(ended);
}
// What a test leaves behind is what is there after the user's hooks.
if (!isListening || isRetainedAsked()) afterEach(leave);
beforeAll(() => {
  moveToEnd(leave);
  moveToEnd(finishChildrenTracked);
  moveToEnd(dropReports);
  moveToEnd(leaveFileTracked);
  const { testPath }: ExpectState = expect.getState();
  if (testPath !== undefined) enterFile(testPath);
});

afterAll(() => {
  const tests = finishedTests();
  finishTracked(tests ?? []);
  const summary = leaveFile(tests);
  if (summary === undefined) return;
  const channel = process.env[CHANNEL_VARIABLE];
  if (channel !== undefined) {
    sendSummary(channel, summary);
    return;
  }
  // Nobody reports.
  const lines = formatBaselineSummary([summary], process.cwd());
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
});

// After the user's hooks, which may end what they have started.
if (hasTrackedChildren) afterAll(finishChildrenTracked);
afterAll(dropReports);

if (isFileTracked) {
  beforeAll(loadedFileTracked, LONG_MS);
  // After all other hooks of the file.
  afterAll(leaveFileTracked, LONG_MS);
}
