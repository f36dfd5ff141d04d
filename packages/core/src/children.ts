// Child processes: each measured as itself.

import { ChildProcess } from 'node:child_process';
import { type Environment, reportingEnvironment } from './children/environment.js';
import { newPrefix, reportsFolder } from './children/folder.js';
import { REPORTS_VARIABLE } from './children/report.js';
import { watchProcess } from './children/watch.js';
import { errors } from './errors.js';
import type { ProcessMeasurement } from './types.js';

export {
  type Environment,
  setEnvironment,
  spareRestricted,
} from './children/environment.js';
export {
  dropReports,
  newPrefix,
  realProcess,
  reportsFolder,
} from './children/folder.js';
export { type FoundReport, findReports } from './children/reports.js';
export { nowOf, type ProcessWatch, watchProcess } from './children/watch.js';

/**
 * The environment in which a Node child, and every Node process below it, tells {@link measureProcess} what it took:
 * `spawn('node', ['server.js'], { env: measuredEnv() })`. It has one more `--require` in `NODE_OPTIONS`, before
 * those that are there, and a variable `HIGHWATER_CHILD_REPORTS`; programs that are not Node take no notice.
 *
 * Not changed where NODE_OPTIONS turn on Node's permission model. A child with `--permission` among its own arguments
 * must be started without it: Node would refuse to load what it may not read.
 *
 * @param env what the child is to have beside. Default: `process.env`.
 */
export function measuredEnv(
  env: Environment = process.env,
): Record<string, string | undefined> {
  const told = env[REPORTS_VARIABLE];
  const isOfTracking = told?.startsWith(reportsFolder()) === true;
  return reportingEnvironment(env, isOfTracking ? told : newPrefix());
}

/**
 * Waits for the end of a child process, and tells what that process took: its peak RSS, and, where it is Node and was
 * started with {@link measuredEnv}, what it allocated on V8's heap and of native memory. What it can't tell it says
 * why. To be called at once when the child has been started; bytes and milliseconds.
 *
 * A child that SIGKILL ends, and one that calls `process.abort()`, cannot tell its ledgers. Where the child is a
 * shell, the number is the shell's; what it starts are `descendants`.
 *
 * The peak is `VmHWM` of /proc: `resourceUsage().maxRSS` of a child begins with the RSS of its parent, see getrusage(2).
 *
 * @throws HighwaterError `not-a-process`; `process-not-started` where there is none, because its file is missing
 */
export async function measureProcess(child: ChildProcess): Promise<ProcessMeasurement> {
  if (!isChildProcess(child)) throw errors.notAProcess(child);
  if (child.pid === undefined) throw errors.processNotStarted(child.spawnfile);
  const watch = watchProcess(child, child.pid, process.cwd());
  await watch.ended;
  return watch.measurement();
}

/** Also one of another copy of the class, as mocks of runners have it. */
function isChildProcess(value: unknown): value is ChildProcess {
  return (
    value instanceof ChildProcess ||
    (typeof value === 'object' &&
      value !== null &&
      typeof (value as ChildProcess).once === 'function' &&
      'spawnfile' in value &&
      'exitCode' in value)
  );
}
