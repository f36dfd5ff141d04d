// What Jest's own runner, jest-circus, knows of tests. It hands its state to test environments
// (`handleTestEvent(event, state)`), and keeps it on the global object, where no environment is needed.

import { type FinishedTest, nameTests, type TestName } from '@highwater/core';

/** The part of `Circus.State` (@jest/types) that is used here. */
interface CircusState {
  readonly rootDescribeBlock: CircusBlock;
  readonly currentlyRunningTest: CircusTest | null;
}

interface CircusBlock {
  readonly type: 'describeBlock';
  readonly name: string;
  readonly children: readonly (CircusBlock | CircusTest)[];
  /** In the order they run. */
  readonly hooks: readonly CircusHook[];
}

interface CircusHook {
  readonly type: string;
  readonly fn: unknown;
}

/** A test; the same object in every try. */
export interface CircusTest {
  readonly type: 'test';
  readonly name: string;
  readonly concurrent?: boolean;
  /** It passes when it fails: `test.failing`. */
  readonly failing?: boolean;
  fn?: TestFunction;
  /** `done` and `skip` at the end. */
  readonly status?: string | null;
  readonly errors: readonly unknown[];
  /** Made where the test is written. */
  readonly asyncError?: { readonly stack?: string };
}

export type TestFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The tests of a file, in the order they are written. */
interface FileTests {
  readonly names: ReadonlyMap<CircusTest, TestName>;
  readonly hasConcurrent: boolean;
}

/** A test under way. */
export interface RunningTest extends TestName {
  readonly identity: CircusTest;
  readonly isConcurrent: boolean;
}

/** The test under way; `undefined` with another runner than jest-circus. */
export function runningTest(): RunningTest | undefined {
  return named(circusState()?.currentlyRunningTest);
}

function named(test: CircusTest | null | undefined): RunningTest | undefined {
  const state = circusState();
  if (state === undefined || test === null || test === undefined) return undefined;
  const name = testsOf(state).names.get(test);
  if (name === undefined) return undefined;
  return { ...name, identity: test, isConcurrent: test.concurrent === true };
}

/** Every test of the file, in the order written. */
export function allTests(): readonly CircusTest[] {
  const state = circusState();
  return state === undefined ? [] : [...testsOf(state).names.keys()];
}

/** Who hears of tests. */
export interface TestListener {
  /** A try begins, before its hooks. */
  readonly started: (test: RunningTest) => unknown;
  /** The body has ended; the hooks have not begun. What this throws fails the test. */
  readonly ended: (test: RunningTest) => unknown;
  /** A try has ended, with its hooks. */
  readonly left: (test: RunningTest) => unknown;
}

/** Where jest-circus keeps who hears of its events: from Jest 30 on. */
const HANDLERS = Symbol.for('EVENT_HANDLERS');

interface CircusEvent {
  readonly name: string;
  readonly test?: CircusTest;
}

const EVENTS: Readonly<Record<string, (listener: TestListener) => Heard>> = {
  test_started: ({ started }) => started,
  test_fn_success: ({ ended }) => ended,
  // It has failed already, and Jest has nowhere to put a second reason.
  test_fn_failure:
    ({ ended }) =>
    async (test) => {
      try {
        await ended(test);
      } catch {}
    },
  test_done: ({ left }) => left,
};

type Heard = (test: RunningTest) => unknown;

/**
 * Without hooks, each of which costs every test promises and a timer.
 *
 * @returns false where Jest does not let us: hooks it is, then
 */
export function listenToTests(listener: TestListener): boolean {
  const handlers: unknown = (globalThis as Record<symbol, unknown>)[HANDLERS];
  if (circusState() === undefined || !Array.isArray(handlers)) return false;
  handlers.push(({ name, test }: CircusEvent) => {
    const heard = Object.hasOwn(EVENTS, name) ? EVENTS[name]?.(listener) : undefined;
    const running = heard && named(test);
    return running && heard(running);
  });
  return true;
}

/** Every test of the file, when it has ended; `undefined` with another runner. */
export function finishedTests(): readonly FinishedTest[] | undefined {
  const state = circusState();
  if (state === undefined) return undefined;
  return [...testsOf(state).names].map(([test, name]) => ({
    ...name,
    state: stateOf(test),
  }));
}

/** Of a test that has ended. */
export function stateOf({ status, errors }: CircusTest): FinishedTest['state'] {
  if (status !== 'done') return 'skipped';
  return errors.length === 0 ? 'passed' : 'failed';
}

/** The line of its file, 1-based, at which a test is written: in the source, because Jest maps stacks. */
export function lineOf({ asyncError }: CircusTest, file: string): number | undefined {
  const frame = asyncError?.stack?.split('\n').find((line) => line.includes(`${file}:`));
  const [, line] = /:(\d+):\d+\)?$/.exec(frame ?? '') ?? [];
  return line === undefined ? undefined : Number(line);
}

/** Whether `test.concurrent` tests of the file may run beside the others: Jest starts them all first. */
export function hasConcurrentTests(): boolean {
  const state = circusState();
  return state !== undefined && testsOf(state).hasConcurrent;
}

/** Whether failed tests are tried again, when the others have run. */
export function hasRetries(): boolean {
  const times = (globalThis as Record<symbol, unknown>)[Symbol.for('RETRY_TIMES')];
  return Number(times) > 0;
}

/**
 * Jest runs `afterEach` and `afterAll` hooks in the order written: what is to come after the user's must move. Where
 * `beforeAll` hooks run, Jest has its list of `afterAll` already: the hooks stay, and change what they are.
 */
export function moveToEnd(fn: unknown): void {
  const hooks = circusState()?.rootDescribeBlock.hooks ?? [];
  const moved = hooks.find((one) => one.fn === fn);
  const places = hooks.filter(({ type }) => type === moved?.type);
  const contents = places.map((one) => ({ ...one }));
  const inOrder = [
    ...contents.filter((one) => one.fn !== fn),
    ...contents.filter((one) => one.fn === fn),
  ];
  for (const [index, place] of places.entries()) Object.assign(place, inOrder[index]);
}

const testsOfFiles = new WeakMap<CircusBlock, FileTests>();

/** Looked through once: this is asked for with every test, when all are written. */
function testsOf({ rootDescribeBlock }: CircusState): FileTests {
  const known = testsOfFiles.get(rootDescribeBlock);
  if (known !== undefined) return known;
  const found = findTests(rootDescribeBlock);
  testsOfFiles.set(rootDescribeBlock, found);
  return found;
}

function findTests(root: CircusBlock): FileTests {
  const names = nameTests(root.children.flatMap((child) => below(child, [])));
  const hasConcurrent = [...names.keys()].some(({ concurrent }) => concurrent === true);
  return { names, hasConcurrent };
}

/** Each with its titles, from the outermost `describe` inwards. */
function below(
  node: CircusBlock | CircusTest,
  outer: readonly string[],
): readonly (readonly [test: CircusTest, titles: readonly string[]])[] {
  const titles = [...outer, node.name];
  return node.type === 'test'
    ? [[node, titles]]
    : node.children.flatMap((child) => below(child, titles));
}

let stateSymbol: symbol | undefined;

function circusState(): CircusState | undefined {
  stateSymbol ??= Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  );
  if (stateSymbol === undefined) return undefined;
  const state = (globalThis as Record<symbol, unknown>)[stateSymbol];
  const root = (state as CircusState | undefined)?.rootDescribeBlock;
  return Array.isArray(root?.children) ? (state as CircusState) : undefined;
}
