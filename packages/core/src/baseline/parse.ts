// From the text of a baseline file to its value, or to an error that says where it is broken.

import * as v from 'valibot';
import { errors } from '../errors.js';
import type { BaselineRecord } from '../types.js';
import type { BaselineFile, Environments } from './file.js';
import {
  duplicateKey,
  type Flaw,
  type Path,
  positionOf,
  syntaxFlaw,
} from './position.js';
import { FORMAT_VERSION, recordSchema } from './schema.js';

/** Makes the error for something wrong at a path. */
type Wrong = (problem: string, at: Path) => Error;

/**
 * @param file its path, for errors
 * @throws HighwaterError `baseline-unreadable` with the position, `baseline-too-new`
 */
export function parseBaseline(text: string, file: string): BaselineFile {
  const json = text.replace(/^\uFEFF/, '');
  const value = parseJson(json, file);
  const wrong: Wrong = (problem, path) =>
    errors.baselineUnreadable(file, problem, positionOf(json, path));

  const top = objectAt(value, [], wrong);
  const version = top.get('formatVersion');
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    throw errors.baselineTooNew(file, version, FORMAT_VERSION);
  }
  if (version !== FORMAT_VERSION) {
    throw wrong(`\`formatVersion\` must be ${FORMAT_VERSION}`, ['formatVersion']);
  }
  for (const key of top.keys()) {
    if (key !== 'formatVersion' && key !== 'tests') {
      throw wrong(`unknown key ${JSON.stringify(key)}`, [key]);
    }
  }
  const twice = duplicateKey(json);
  if (twice !== undefined) {
    const problem = `the key ${JSON.stringify(twice.key)} is there twice`;
    throw errors.baselineUnreadable(file, problem, twice.at);
  }

  const tests = new Map<string, Environments>();
  for (const [key, inner] of objectAt(top.get('tests'), ['tests'], wrong)) {
    const records = new Map<string, BaselineRecord>();
    for (const [environment, record] of objectAt(inner, ['tests', key], wrong)) {
      records.set(environment, recordAt(record, ['tests', key, environment], wrong));
    }
    tests.set(key, records);
  }
  return tests;
}

function parseJson(text: string, file: string): unknown {
  const conflict = mergeConflict(text);
  if (conflict !== undefined) throw errors.baselineConflict(file, conflict);
  try {
    return JSON.parse(text);
  } catch {
    const { problem, at }: Flaw = syntaxFlaw(text) ?? { problem: 'it is not valid JSON' };
    throw errors.baselineUnreadable(file, problem, at);
  }
}

/** The first line with a marker that git leaves behind. */
function mergeConflict(text: string): number | undefined {
  const index = text.split('\n').findIndex((line) => /^(?:<{7}|>{7}) /.test(line));
  return index < 0 ? undefined : index + 1;
}

function objectAt(value: unknown, at: Path, wrong: Wrong): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(
      value === undefined ? `\`${at.at(-1)}\` is missing` : 'an object was expected',
      at,
    );
  }
  return new Map(Object.entries(value));
}

function recordAt(value: unknown, at: Path, wrong: Wrong): BaselineRecord {
  const result = v.safeParse(recordSchema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const inner = (issue.path ?? []).map(({ key }) => key as string | number);
  const name = inner.length === 0 ? 'it' : `\`${inner.join('.')}\``;
  const problem =
    issue.expected === 'never'
      ? `unknown key ${name}`
      : issue.received === 'undefined'
        ? `${name} is missing`
        : `${name} must be ${issue.message}`;
  throw wrong(problem, [...at, ...inner]);
}
