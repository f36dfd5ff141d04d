/** A folder with the packed packages, a runner and fixtures in it. */
export type Project = {
  readonly dir: string;
  readonly runner: 'vitest' | 'jest';
  readonly version: string | undefined;
};

export type RunnerTest = {
  /** With the names of its describe blocks before it. */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo';
  /** The failure text and stack; `''` when it passed. */
  readonly message: string;
};

export type RunnerResult = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tests: readonly RunnerTest[];
  /** Files that did not get as far as a test. */
  readonly fileErrors: readonly string[];
};

type Run = {
  /** The Node binary; this one when absent. */
  readonly node?: string;
  /** Which test files: a filter as on the command line; all when absent. */
  readonly fixture?: string;
  /** Further arguments of the runner. */
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

export type VitestRun = Run & {
  readonly pool?: 'forks' | 'threads' | 'vmThreads' | 'vmForks';
};

export type JestRun = Run & {
  readonly mode?: 'children' | 'workerThreads' | 'inBand';
  /** Jest projects with roots of their own: the root is not said to Jest, which would give it to all of them. */
  readonly hasRoots?: boolean;
};

export const root: string;
export function packPackages(): string;
export function makeProject(options: {
  readonly dir: string;
  readonly runner: 'vitest' | 'jest';
  readonly version?: string;
  readonly fixtures?: string;
}): Project;
export function runVitest(project: Project, options?: VitestRun): RunnerResult;
export function runJest(project: Project, options?: JestRun): RunnerResult;
export function verdictsOf(
  result: RunnerResult,
): Readonly<Record<string, RunnerTest['status']>>;
export function cleanEnv(extra?: Readonly<Record<string, string>>): NodeJS.ProcessEnv;
/** The script that is the runner, for `node`. */
export function runnerBinary(project: Project): string;
