// The session of the test file that runs now, and the user's defaults. Kept on the global
// object of the test's own world, because the ESM and the CommonJS copy of this package share it.

import {
  currentWorld,
  environmentKey,
  NO_PROJECT,
  type RunProject,
} from './environment.js';
import type { BaselineDefaults } from './options.js';
import {
  BaselineSession,
  type BaselineSummary,
  type FinishedTest,
  type RunningTest,
  type UpdateMode,
} from './session.js';

interface State {
  session: BaselineSession | undefined;
  defaults: BaselineDefaults;
}

const KEY = Symbol.for('highwater.baselines');

function state(): State {
  const world = globalThis as { [KEY]?: State };
  world[KEY] ??= { session: undefined, defaults: {} };
  return world[KEY];
}

/** To be called by a runner when an attempt of a test starts. */
export function enterTest(
  testFile: string,
  test: RunningTest,
  mode: UpdateMode,
  project: RunProject = NO_PROJECT,
): void {
  const current = state();
  if (current.session?.testFile !== testFile) {
    const environment = environmentKey(currentWorld());
    current.session = new BaselineSession(testFile, environment, project);
  }
  current.session.startTest(test, mode);
}

/** To be called by a runner when an attempt of a test has ended. */
export function leaveTest(): void {
  state().session?.endTest();
}

/**
 * To be called by a runner when a test file has ended: writes what is to be written.
 *
 * @param tests every test of the file; `undefined` when the runner does not tell
 * @returns `undefined` when no test of the file ran
 * @throws HighwaterError `baseline-not-written`, `baseline-locked`, `baseline-unreadable`
 */
export function leaveFile(
  tests: readonly FinishedTest[] | undefined,
): BaselineSummary | undefined {
  const current = state();
  const { session } = current;
  current.session = undefined;
  return session?.finish(tests);
}

/** The session of the file that runs; `undefined` outside tests and without a set-up. */
export function currentSession(): BaselineSession | undefined {
  return state().session;
}

export function baselineDefaults(): BaselineDefaults {
  return state().defaults;
}

export function setBaselineDefaults(defaults: BaselineDefaults): void {
  state().defaults = defaults;
}
