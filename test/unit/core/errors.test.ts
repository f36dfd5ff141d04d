import { describe, expect, it } from 'vitest';
import { errors, HighwaterError } from '../../../packages/core/src/errors.js';

const cause = new RangeError('out of ink');
const FILE = '/app/__memory__/a.test.ts.memory.json';

const RUN = '/app/.highwater/run.json';

const table: Record<string, () => HighwaterError> = {
  invalidSize: () => errors.invalidSize('5 parsecs', 'the limit of toAllocateLessThan'),
  invalidCount: () => errors.invalidCount(-2, 'the limit of toAllocateFewerThan'),
  invalidOption: () => errors.invalidOption('rounds', 0, 'a whole number above 0'),
  unknownOption: () =>
    errors.unknownOption('iteration', 'toNotLeak', ['warmup', 'iterations', 'rounds']),
  invalidOptions: () => errors.invalidOptions('5MB', 'toNotLeak'),
  notAFunction: () => errors.notAFunction({ a: { b: 1 } }, 'toNotLeak'),
  functionThrew: () => errors.functionThrew(cause, 1),
  functionRejected: () => errors.functionRejected(cause, 1_234),
  hookFailed: () => errors.hookFailed('setup', cause),
  changedKind: () => errors.changedKind(),
  overlappingMeasurement: () => errors.overlappingMeasurement(),
  missingAddon: () =>
    errors.missingAddon(new Error('No binary for openbsd-x64, Node 20.20.2.')),
  samplingBusy: () => errors.samplingBusy(),
  nativeNotMeasured: () => errors.nativeNotMeasured('allocatedBytes'),
  timeout: () => errors.timeout(10_000, 3),
  notAwaited: () => errors.notAwaited('not.toNotLeak()'),
  notAnObject: () => errors.notAnObject('text', 'sizeOf'),
  notACapture: () => errors.notACapture(undefined, 'second'),
  nothingToWatch: () => errors.nothingToWatch(undefined),
  snapshotTooLarge: () => errors.snapshotTooLarge(9_200_000, 80, 30, 160),
  snapshotNotWritten: () => errors.snapshotNotWritten('/tmp/x.heapsnapshot', cause),
  baselineUnreadable: () =>
    errors.baselineUnreadable(FILE, '`tier` is missing', { line: 5, column: 8 }),
  baselineConflict: () => errors.baselineConflict(FILE, 3),
  baselineTooNew: () => errors.baselineTooNew(FILE, 2, 1),
  baselineNotRead: () => errors.baselineNotRead(FILE, cause),
  baselineNotWritten: () => errors.baselineNotWritten(FILE, cause),
  baselineLocked: () => errors.baselineLocked(FILE, `${FILE}.lock`, 30_012),
  baselineTooNoisy: () => errors.baselineTooNoisy('retainedBytes', '-1.4 MB', '139 MB'),
  baselineNegated: () => errors.baselineNegated(),
  baselineConcurrent: () => errors.baselineConcurrent(),
  baselineWithoutSetup: () => errors.baselineWithoutSetup(),
  invalidTolerance: () => errors.invalidTolerance('lots', ' for allocatedBytes'),
  runUnreadable: () =>
    errors.runUnreadable(RUN, '`tests[3].ordinal` is missing', { line: 16, column: 5 }),
  runNotRead: () => errors.runNotRead(RUN, cause),
  runTooNew: () => errors.runTooNew(RUN, 2, 1),
  runNotWritten: () => errors.runNotWritten(RUN, cause),
  leakLimitOfSuite: () => errors.leakLimitOfSuite('highwater().limits'),
  leftBehindNotLooked: () => errors.leftBehindNotLooked(),
  limitNotMeasured: () => errors.limitNotMeasured('it is concurrent'),
  notAProcess: () => errors.notAProcess(4_711),
  processNotStarted: () => errors.processNotStarted('/nowhere/server'),
  runsDiffer: () => errors.runsDiffer('merged', 'Node', '20.20.2', '22.1.0'),
};

describe('errors', () => {
  it('says of each what is wrong, then what to do', () => {
    const texts = Object.entries(table).map(([name, build]) => {
      const error = build();
      return `${name} [${error.code}]\n${error.message}`;
    });
    expect(Object.keys(table).sort()).toEqual(Object.keys(errors).sort());
    expect(`\n${texts.join('\n\n')}\n`).toMatchInlineSnapshot(`
      "
      invalidSize [invalid-size]
      Expected the limit of toAllocateLessThan to be a size, got '5 parsecs'.
      Write a whole number of bytes, or a string such as '5MB' (5,000,000 bytes) or '1.5 MiB' (1,572,864 bytes).

      invalidCount [invalid-count]
      Expected the limit of toAllocateFewerThan to be a count, got -2.
      Write a whole number, 0 or more, such as 2_000.

      invalidOption [invalid-option]
      Option \`rounds\` must be a whole number above 0, got 0.

      unknownOption [invalid-option]
      toNotLeak has no option \`iteration\`. Did you mean \`iterations\`?
      Its options: warmup, iterations, rounds.

      invalidOptions [invalid-option]
      The options of toNotLeak must be an object such as { rounds: 3 }, got '5MB'.

      notAFunction [not-a-function]
      toNotLeak measures a function, but got { a: [Object] }.
      Wrap the code in a function that takes no arguments: expect(() => parse(doc)).toAllocateLessThan('5MB')

      functionThrew [function-threw]
      The measured function threw on call 1: RangeError: out of ink
      Only calls that succeed can be measured: fix it, or catch inside it what is expected.

      functionRejected [function-rejected]
      The promise of the measured function was rejected on call 1,234: RangeError: out of ink
      It is called many times, warm-up included: make every call start from the same state.

      hookFailed [hook-failed]
      Option \`setup\` failed: RangeError: out of ink
      It runs once, before the first call; nothing was measured.

      changedKind [changed-kind]
      The measured function returned no promise on its first call, but did on a later one.
      Calls are awaited or they are not. Make it \`async\`, or measure the two paths apart.

      overlappingMeasurement [overlapping-measurement]
      Another measurement is running in this process or worker, and each would count what the other allocates.
      Measure one after another:
        - \`await\` every async matcher and every \`measure()\` before the next one
        - no \`test.concurrent\` around memory matchers
        - no \`measure()\` and no memory matcher inside a measured function

      missingAddon [missing-addon]
      highwater cannot measure here. No binary for openbsd-x64, Node 20.20.2.

      samplingBusy [sampling-busy]
      Another heap profiler is running in this process, and V8 allows one at a time.
      Run without \`--heap-prof\`, without a DevTools or inspector memory recording and without another profiler (APM agents have one).

      nativeNotMeasured [native-not-measured]
      highwater cannot measure allocated native bytes.
      Use the ledger 'heap' (V8 objects).

      timeout [timeout]
      The measurement did not finish within 10,000 ms (3 calls done).
      Measure less with { iterations: 1, rounds: 3 }, or allow more time with \`timeoutMs\`, and at least as much for the test.

      notAwaited [not-awaited]
      toNotLeak() was not awaited, and its function is async: its verdict was lost.
      Write \`await expect(fn).not.toNotLeak()\`.

      notAnObject [not-an-object]
      sizeOf looks at one object or function, but got 'text'.
      Other values have no place of their own on the heap. Ask for the object that holds it.

      notACapture [not-a-capture]
      The second argument of heapDiff must be what captureHeap() returned, got undefined.
      Write: const before = captureHeap(); ...; heapDiff(before, captureHeap())

      nothingToWatch [nothing-to-watch]
      toBeCollectable watches the object that the function returns, but it returned undefined.
      Return the object that should go away: expect(() => openSession()).toBeCollectable()

      snapshotTooLarge [snapshot-too-large]
      The heap has 9,200,000 objects: a snapshot would take about 80 s of CPU, and 30 s are allowed.
      To wait for it, set HIGHWATER_SNAPSHOT_SECONDS=160.

      snapshotNotWritten [snapshot-not-written]
      The heap snapshot could not be written to /tmp/x.heapsnapshot: RangeError: out of ink
      It is about as large as the heap: check the free space, and that the folder may be written to.

      baselineUnreadable [baseline-unreadable]
      The baseline file cannot be read: \`tier\` is missing.
        at /app/__memory__/a.test.ts.memory.json:5:8
      It was left as it is. Restore it from version control, or delete it and record it again.

      baselineConflict [baseline-unreadable]
      The baseline file has an unresolved merge conflict.
        at /app/__memory__/a.test.ts.memory.json:3:1
      It was left as it is. Take either side, then record what differs with -u.

      baselineTooNew [baseline-too-new]
      The baseline file was written by a newer highwater: its format is 2, this one reads 1.
        at /app/__memory__/a.test.ts.memory.json
      It was left as it is. Update highwater.

      baselineNotRead [baseline-unreadable]
      The baseline file cannot be read: RangeError: out of ink
        at /app/__memory__/a.test.ts.memory.json
      Check that it is a file, and that you may read it.

      baselineNotWritten [baseline-not-written]
      The baseline could not be written: RangeError: out of ink
        at /app/__memory__/a.test.ts.memory.json
      What was there is unharmed. Check the free space, and that the folder may be written to.

      baselineLocked [baseline-locked]
      The baseline could not be written: for 30 s other processes kept it locked.
        at /app/__memory__/a.test.ts.memory.json
      When no other test run is under way, delete /app/__memory__/a.test.ts.memory.json.lock

      baselineTooNoisy [baseline-too-noisy]
      No baseline was recorded: retainedBytes has more spread than signal (-1.4 MB per call, and 139 MB between rounds).
      Let every call do the same: prepare with \`setup\`, and leave out what depends on time or chance.
      Or record other numbers: toMatchMemoryBaseline({ metrics: [...] }).

      baselineNegated [baseline-negated]
      not.toMatchMemoryBaseline() says nothing: any change at all would make it hold.
      Drop \`.not\`, or write the limit that is meant: toAllocateLessThan(size).

      baselineConcurrent [baseline-concurrent]
      toMatchMemoryBaseline() in a concurrent test: what runs beside it would be measured with it.
      Write \`test\` instead of \`test.concurrent\`.

      baselineWithoutSetup [baseline-without-setup]
      toMatchMemoryBaseline() does not know which test it is in: highwater is not set up, or this is not a test.
      Vitest: plugins: [highwater()], or setupFiles: ['@highwater/vitest/setup'].
      Jest: setupFilesAfterEnv: ['@highwater/jest'].

      invalidTolerance [invalid-option]
      Option \`tolerance\` must be a percentage or a size for allocatedBytes, got 'lots'.
      Write '2%', '4kB', or one for each number: { allocatedBytes: '2%', allocatedCount: 5 }.

      runUnreadable [run-unreadable]
      The run file cannot be read: \`tests[3].ordinal\` is missing.
        at /app/.highwater/run.json:16:5
      Run the tests again, or fetch the file again.

      runNotRead [run-unreadable]
      The run file cannot be read: RangeError: out of ink
        at /app/.highwater/run.json
      A test run with tracking on writes it: HIGHWATER=1 npx vitest run

      runTooNew [run-too-new]
      The run file was written by a newer highwater: its format is 2, this one reads 1.
        at /app/.highwater/run.json
      Update highwater.

      runNotWritten [run-not-written]
      The run file could not be written: RangeError: out of ink
        at /app/.highwater/run.json
      What was there is unharmed. Check the free space, and that the folder may be written to.

      leakLimitOfSuite [invalid-option]
      highwater().limits has a limit \`leak\`, but that is for single tests: it calls the body of a test again and again.
      Write it at the test: test('x', withMemoryLimit({ leak: false }, fn))

      leftBehindNotLooked [limit-not-measured]
      The limit \`leftBehind\` cannot be held: with \`isolate: true\` the worker ends with its file, and all that it left.
      Set \`isolate: false\`, or a pool of vm contexts (\`vmThreads\`, \`vmForks\`), or take the limit away.

      limitNotMeasured [limit-not-measured]
      The memory limit of this test cannot be held: it is concurrent.
      Memory is counted for a whole thread. Take \`.concurrent\` off the test.

      notAProcess [not-a-process]
      measureProcess measures a process that \`spawn\`, \`fork\`, \`exec\` or \`execFile\` returned, but got 4711.
      Write: const child = spawn('node', ['server.js'], { env: measuredEnv() }); await measureProcess(child)

      processNotStarted [process-not-started]
      There is nothing to measure: '/nowhere/server' could not be started.
      The child's \`error\` event says why. Check the path, and that the file may be run.

      runsDiffer [runs-differ]
      Runs of different Node cannot be merged: 20.20.2 and 22.1.0.
      Numbers follow it more than they follow the code: take runs of one environment at a time.
      "
    `);
  });

  it('is a HighwaterError, by name too', () => {
    const error = errors.samplingBusy();
    expect(error).toBeInstanceOf(HighwaterError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('HighwaterError');
    expect(String(error)).toMatch(/^HighwaterError: Another heap profiler/);
  });

  it('keeps what the function threw as the cause', () => {
    expect(errors.functionThrew(cause, 1).cause).toBe(cause);
    expect(errors.functionRejected(cause, undefined).cause).toBe(cause);
    expect(errors.functionThrew('a string', undefined).cause).toBe('a string');
  });

  it.each([
    [new Error(''), 'Error'],
    ['out of ink', "'out of ink'"],
    [undefined, 'undefined'],
    [
      { name: 'DOMException', message: 'of another realm' },
      'DOMException: of another realm',
    ],
  ])('prints the thrown %o', (thrown, text) => {
    expect(errors.functionThrew(thrown, undefined).message.split('\n')[0]).toBe(
      `The measured function threw on a later call: ${text}`,
    );
  });

  it('says that a promise has begun too early to be measured', () => {
    expect(errors.notAFunction(Promise.resolve(), 'toNotLeak').message).toContain(
      'got a promise: the work has begun before it could be measured',
    );
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['', "''"],
    [null, 'null'],
    [12n, '12n'],
    [function size() {}, 'the function size'],
    [() => {}, 'a function'],
    ['x'.repeat(100), `'${'x'.repeat(56)}...`],
  ])('shows the value %o as it was written', (value, text) => {
    expect(errors.invalidSize(value, 'a limit').message).toContain(`got ${text}`);
  });

  it('runs no code of the value it shows', () => {
    const hostile = {
      get trap(): never {
        throw new Error('getter ran');
      },
      [Symbol.for('nodejs.util.inspect.custom')]: () => {
        throw new Error('inspect ran');
      },
    };
    expect(errors.invalidSize(hostile, 'a limit').message).toContain('trap: [Getter]');
  });

  it.each([
    ['Warmup', 'warmup'],
    ['timeout', 'timeoutMs'],
    ['itterations', 'iterations'],
    ['banana', undefined],
  ])('guesses what %s was meant to be', (option, near) => {
    const known = ['warmup', 'iterations', 'rounds', 'timeoutMs', 'ignore'];
    const { message } = errors.unknownOption(option, 'measure', known);
    if (near === undefined) expect(message).not.toContain('Did you mean');
    else expect(message).toContain(`Did you mean \`${near}\`?`);
  });

  it('advises on a function of which no call ever came back', () => {
    expect(errors.timeout(500, 0).message).toContain('promise of the measured function');
  });
});
