// The shape of a run file and of the lines of workers. Read back, they are checked against this.

import * as v from 'valibot';
import { number, positive, text, version, whole } from '../schema-fields.js';
import type { RunFile, TestRecord, WorkerRecord } from './types.js';

/** Raised when an old reader would misread a new file. */
export const RUN_VERSION = 1;

const fromOne = v.pipe(whole, v.minValue(1, 'a whole number, 1 or more'));
const yesOrNo = v.boolean('true or false');
const moment = v.pipe(
  text,
  v.isoTimestamp('a time such as "2026-01-31T12:00:00.000Z"'),
  v.maxLength(40, 'a time such as "2026-01-31T12:00:00.000Z"'),
);
const ledger = v.picklist(['heap', 'native'], '"heap" or "native"');
const limitMetric = v.picklist(
  ['allocated', 'peak', 'retained', 'native', 'leak', 'leftBehind'],
  '"allocated", "peak", "retained", "native", "leak" or "leftBehind"',
);
const changeVerdict = ['equal', 'improved', 'regressed'] as const;

function list<Item extends v.GenericSchema>(item: Item, what: string) {
  return v.array(item, `a list of ${what}`);
}

const limitFields = {
  limits: v.exactOptional(
    list(
      v.strictObject(
        {
          metric: limitMetric,
          limit: number,
          actual: number,
          isBroken: yesOrNo,
          inTry: v.exactOptional(fromOne),
        },
        'a limit',
      ),
      'limits',
    ),
  ),
  limitsUnchecked: v.exactOptional(list(limitMetric, 'names of limits')),
} as const;

const fileIdentity = { project: v.exactOptional(text), file: text } as const;

const testNumbers = v.strictObject(
  {
    durationMs: positive,
    allocatedBytes: number,
    peakBytes: number,
    retainedBytes: v.exactOptional(number),
    nativeAllocatedBytes: v.exactOptional(number),
    nativePeakBytes: v.exactOptional(number),
    nativeRetainedBytes: v.exactOptional(number),
    rssPeakBytes: v.exactOptional(positive),
    gcMs: positive,
  },
  'an object of numbers',
);

const testRecord = {
  ...fileIdentity,
  titles: v.pipe(list(text, 'texts'), v.minLength(1, 'a list of 1 text or more')),
  ordinal: fromOne,
  line: v.exactOptional(whole),
  state: v.picklist(['passed', 'failed', 'skipped'], '"passed", "failed" or "skipped"'),
  tries: v.exactOptional(fromOne),
  measured: v.exactOptional(testNumbers),
  earlierTries: v.exactOptional(list(testNumbers, 'objects of numbers')),
  drawsRandom: v.exactOptional(v.literal(true, 'true')),
  hooks: v.exactOptional(
    v.strictObject({ allocatedBytes: number }, 'an object with `allocatedBytes`'),
  ),
  notMeasured: v.exactOptional(text),
  callsites: v.exactOptional(
    list(
      v.strictObject(
        {
          ledger,
          functionName: text,
          file: text,
          line: whole,
          bytes: number,
          count: number,
          caller: v.exactOptional(
            v.strictObject({ functionName: text, file: text, line: whole }, 'a caller'),
          ),
        },
        'a callsite',
      ),
      'callsites',
    ),
  ),
  ...limitFields,
  baselines: v.exactOptional(
    list(
      v.strictObject(
        {
          entry: text,
          verdict: v.picklist(
            [...changeVerdict, 'missing', 'recorded'],
            '"equal", "improved", "regressed", "missing" or "recorded"',
          ),
          metrics: list(
            v.strictObject(
              {
                ledger,
                metric: v.picklist(
                  ['allocatedBytes', 'allocatedCount', 'peakBytes', 'retainedBytes'],
                  'the name of a metric',
                ),
                baseline: number,
                now: number,
                allowed: number,
                verdict: v.picklist(changeVerdict, '"equal", "improved" or "regressed"'),
              },
              'a metric',
            ),
            'metrics',
          ),
        },
        'a baseline',
      ),
      'baselines',
    ),
  ),
} as const;

const fileRecord = {
  ...fileIdentity,
  leftBehindBytes: v.exactOptional(number),
  growthBytes: v.exactOptional(number),
  notSearched: v.exactOptional(text),
  classes: list(
    v.strictObject({ name: text, count: number, bytes: number }, 'a class'),
    'classes',
  ),
  heldBy: list(text, 'texts'),
  workerHeapBytes: v.exactOptional(positive),
  order: fromOne,
  worker: text,
  ...limitFields,
} as const;

const processRecord = {
  name: text,
  pid: whole,
  parentPid: v.exactOptional(whole),
  project: v.exactOptional(text),
  file: v.exactOptional(text),
  test: v.exactOptional(text),
  isNode: yesOrNo,
  outlivedTest: v.exactOptional(yesOrNo),
  exitCode: v.exactOptional(number),
  signal: v.exactOptional(text),
  peakRssBytes: v.exactOptional(positive),
  isPeakExact: v.exactOptional(yesOrNo),
  allocatedBytes: v.exactOptional(number),
  peakHeapBytes: v.exactOptional(number),
  nativeAllocatedBytes: v.exactOptional(number),
  nativePeakBytes: v.exactOptional(number),
  unavailable: v.exactOptional(text),
} as const;

const cost = { trackingMs: positive } as const;

const world = {
  highwater: version,
  node: version,
  v8: text,
  platform: text,
  arch: text,
} as const;

/** One test. Reading goes test by test: a checked copy of all of them beside the original takes twice the memory. */
export const testSchema = v.strictObject(testRecord, 'a test') satisfies v.GenericSchema<
  unknown,
  TestRecord
>;

/** .highwater/run.json */
export const runSchema = v.strictObject(
  {
    version: v.literal(RUN_VERSION, `${RUN_VERSION}`),
    ...world,
    runner: v.strictObject(
      { name: v.picklist(['vitest', 'jest'], '"vitest" or "jest"'), version: text },
      'an object with `name` and `version`',
    ),
    shard: v.exactOptional(
      v.pipe(
        v.strictObject(
          { index: fromOne, count: fromOne },
          'an object with `index` and `count`',
        ),
        v.check(({ index, count }) => index <= count, 'a shard such as 1 of 3'),
      ),
    ),
    startedAt: moment,
    durationMs: positive,
    tests: list(testSchema, 'tests'),
    files: list(v.strictObject(fileRecord, 'a file'), 'files'),
    processes: list(v.strictObject(processRecord, 'a process'), 'processes'),
    problems: list(text, 'texts'),
    faults: v.exactOptional(list(text, 'texts')),
    cost: v.strictObject(cost, 'an object with `trackingMs`'),
  },
  'an object',
) satisfies v.GenericSchema<unknown, RunFile>;

/** The first line of a worker's file: who writes. */
export const workerSchema = v.strictObject({
  kind: v.literal('worker'),
  version: v.literal(RUN_VERSION),
  ...world,
  runner: v.picklist(['vitest', 'jest']),
  worker: text,
  startedAt: moment,
});

/** Who writes a worker's file, and with what. */
export type WorkerHeader = v.InferOutput<typeof workerSchema>;

/** Any other line of a worker's file. */
export const lineSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('test'), ...testRecord }),
  v.strictObject({ kind: v.literal('file'), ...fileRecord }),
  v.strictObject({
    kind: v.literal('look'),
    ...fileIdentity,
    order: fromOne,
    worker: text,
    limit: v.exactOptional(number),
  }),
  v.strictObject({ kind: v.literal('process'), ...processRecord }),
  v.strictObject({ kind: v.literal('problem'), text }),
  v.strictObject({ kind: v.literal('cost'), ...cost }),
  v.strictObject({ kind: v.literal('start'), ...fileIdentity }),
  v.strictObject({ kind: v.literal('end'), ...fileIdentity }),
]) satisfies v.GenericSchema<unknown, WorkerRecord>;
