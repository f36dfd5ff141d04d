// Limits of tests: what the user wrote, in bytes, and which of them a file has.

import { relative, sep } from 'node:path';
import { parseBytes } from '../bytes.js';
import { errors } from '../errors.js';
import { picomatch } from '../on-demand.js';

/** What the body of a test may take. Sizes: `'24 MB'`, `'1.5 MiB'` or a number of bytes; exactly that much is fine. */
export interface MemoryLimits {
  /** V8's heap: everything allocated, collected or not. */
  readonly allocated?: number | string;
  /** V8's heap: what is held at the same time, above the start of the test. */
  readonly peak?: number | string;
  /** V8's heap: what is still reachable when the test has ended. */
  readonly retained?: number | string;
  /** Native memory that is held at the same time: ArrayBuffer stores, and what addons ask for. */
  readonly native?: number | string;
}

/** {@link MemoryLimits} of one test. */
export interface TestLimits extends MemoryLimits {
  /** Calls the body again and again once it has passed, and fails when something accumulates: see `toNotLeak`. */
  readonly leak?: false;
}

/** {@link MemoryLimits} of every test, and of those of some files. */
export interface SuiteLimits extends MemoryLimits {
  /** By glob, relative to the project's root; of several that match, the later one counts. */
  readonly files?: Readonly<Record<string, MemoryLimits>>;
}

export type LimitName = 'allocated' | 'peak' | 'retained' | 'native';

/** In bytes. */
export type LimitBytes = { readonly [Name in LimitName]?: number };

export const LIMIT_NAMES: readonly LimitName[] = [
  'allocated',
  'peak',
  'retained',
  'native',
];

/**
 * @param owner who takes the limits, for errors: `'withMemoryLimit'`
 * @param others options that are no limits in bytes
 * @throws HighwaterError `invalid-option`, `invalid-size`
 */
export function parseLimits(
  limits: unknown,
  owner: string,
  others: readonly string[] = [],
): LimitBytes {
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) {
    throw errors.invalidOption(owner, limits, "an object such as { peak: '24 MB' }");
  }
  const known = [...LIMIT_NAMES, ...others];
  const parsed: { [Name in LimitName]?: number } = {};
  for (const [name, value] of Object.entries(limits)) {
    if (!known.includes(name)) throw errors.unknownOption(name, owner, known);
    if (others.includes(name) || value === undefined) continue;
    parsed[name as LimitName] = parseBytes(value, `${owner}.${name}`);
  }
  return parsed;
}

/** Limits of a suite, checked. */
export interface SuiteLimitBytes {
  readonly all: LimitBytes;
  readonly files: readonly { readonly glob: string; readonly limits: LimitBytes }[];
}

/** @throws HighwaterError `invalid-option`, `invalid-size` */
export function parseSuiteLimits(limits: unknown, owner: string): SuiteLimitBytes {
  if (limits !== null && typeof limits === 'object' && 'leak' in limits) {
    throw errors.leakLimitOfSuite(owner);
  }
  const all = parseLimits(limits, owner, ['files']);
  const { files = {} } = limits as SuiteLimits;
  if (typeof files !== 'object' || files === null || Array.isArray(files)) {
    throw errors.invalidOption(
      `${owner}.files`,
      files,
      "an object such as { 'test/heavy/**': { peak: '200 MB' } }",
    );
  }
  return {
    all,
    files: Object.entries(files).map(([glob, own]) => ({
      glob,
      limits: parseLimits(own, `${owner}.files[${JSON.stringify(glob)}]`),
    })),
  };
}

/** The limits of the tests in one file. */
export function limitsOf(
  { all, files }: SuiteLimitBytes,
  file: string,
  root: string,
): LimitBytes {
  const path = relative(root, file).split(sep).join('/');
  const own = files.filter(({ glob }) => picomatch()(glob, { dot: true })(path));
  return Object.assign({}, all, ...own.map(({ limits }) => limits)) as LimitBytes;
}
