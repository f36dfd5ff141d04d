// run.json as a value, as text, and on the disk.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import {
  endOf,
  type Flaw,
  type Path,
  type Position,
  positionOf,
  syntaxFlaw,
} from '../baseline/position.js';
import { errors } from '../errors.js';
import { uniqueName } from '../unique-name.js';
import { RUN_VERSION, runSchema, testSchema } from './schema.js';
import type { RunFile } from './types.js';

/** Larger than any suite makes it, and small enough to be a string. */
const MOST_BYTES = 400_000_000;
/** Beyond this the parser that knows positions takes gigabytes. */
const MOST_FOR_POSITIONS = 4_000_000;

/**
 * One record on a line, so that tools of lines are of use: `grep '"state":"failed"' run.json`.
 */
export function serializeRun(run: RunFile): string {
  const fields = Object.entries(run).map(([key, value]) => {
    const isList = Array.isArray(value) && value.length > 0;
    const text = isList
      ? `[\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
      : JSON.stringify(value);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}

/**
 * Replaces a file whole: who reads it meets the old run or the new one.
 *
 * @throws HighwaterError `run-not-written`
 */
export function writeRun(file: string, run: RunFile): void {
  const temporary = `${file}.${process.pid}-${uniqueName()}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(temporary, 'wx');
    try {
      writeFileSync(descriptor, serializeRun(run));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw errors.runNotWritten(file, cause);
  }
}

/** @throws HighwaterError `run-unreadable`, `run-too-new` */
export function readRun(file: string): RunFile {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw errors.runNotRead(file, cause);
  }
  return parseRun(text, file);
}

/**
 * @param file its path, for errors
 * @throws HighwaterError `run-unreadable` with the position, `run-too-new`
 */
export function parseRun(text: string, file: string): RunFile {
  const json = text.replace(/^\uFEFF/, '');
  const value = parseJson(json, file);
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > RUN_VERSION) {
    throw errors.runTooNew(file, version, RUN_VERSION);
  }
  const flaw = firstFlaw(value);
  // The schemas are strict and change nothing: what they let pass is what was read.
  if (flaw === undefined) return value as RunFile;
  throw errors.runUnreadable(file, flaw.problem, placeOf(json, flaw.path));
}

function firstFlaw(
  value: unknown,
): { readonly problem: string; readonly path: Path } | undefined {
  const tests = (value as { tests?: unknown } | null)?.tests;
  const isList = Array.isArray(tests);
  const about = isList ? { ...(value as object), tests: [] } : value;
  const flaw = flawOf(runSchema, about, []);
  if (flaw !== undefined || !isList) return flaw;
  for (const [index, test] of tests.entries()) {
    const inTest = flawOf(testSchema, test, ['tests', index]);
    if (inTest !== undefined) return inTest;
  }
  return undefined;
}

function flawOf(schema: v.GenericSchema, value: unknown, at: Path) {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return undefined;
  const [issue] = result.issues;
  const path = [...at, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  return { problem: problemOf(issue, path), path };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { problem, at }: Flaw =
      text.length <= MOST_FOR_POSITIONS
        ? (syntaxFlaw(text) ?? { problem: 'it is not valid JSON' })
        : roughFlaw(text, error);
    throw errors.runUnreadable(file, problem, at);
  }
}

/** From V8's message, which names an offset for some mistakes only. */
function roughFlaw(text: string, error: unknown): Flaw {
  const message = error instanceof Error ? error.message : '';
  const [, offset] = /at position (\d+)/.exec(message) ?? [];
  const isCut =
    /^(?:Unexpected end|Unterminated)/.test(message) ||
    Number(offset) >= text.trimEnd().length;
  if (isCut) return { problem: 'it ends in the middle', at: endOf(text) };
  return {
    problem: 'it is not valid JSON',
    ...(offset === undefined ? {} : { at: endOf(text.slice(0, Number(offset))) }),
  };
}

function problemOf(issue: v.BaseIssue<unknown>, path: Path): string {
  const name = path.length === 0 ? 'it' : `\`${nameOf(path)}\``;
  if (issue.expected === 'never') return `unknown key ${name}`;
  return issue.received === 'undefined'
    ? `${name} is missing`
    : `${name} must be ${issue.message}`;
}

/** `tests[3].measured.peakBytes` */
function nameOf(path: Path): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`,
    )
    .join('');
}

function placeOf(text: string, path: Path): Position | undefined {
  return text.length <= MOST_FOR_POSITIONS ? positionOf(text, path) : undefined;
}
