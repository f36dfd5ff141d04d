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

/** {@link MemoryLimits} of the tests of files, and of these files. */
export interface FileLimits extends MemoryLimits {
  /** What a file may leave behind in its worker. Turns `track: 'files'` on. */
  readonly leftBehind?: number | string;
}

/** {@link FileLimits} of every test and file, and of some files. */
export interface SuiteLimits extends FileLimits {
  /** By glob, relative to the project's root; of several that match, the later one counts. */
  readonly files?: Readonly<Record<string, FileLimits>>;
}

export type LimitName = 'allocated' | 'peak' | 'retained' | 'native';

/** In bytes. */
export type LimitBytes = { readonly [Name in LimitName]?: number };

/** In bytes. */
export type FileLimitBytes = LimitBytes & { readonly leftBehind?: number };

export const LIMIT_NAMES: readonly LimitName[] = [
  'allocated',
  'peak',
  'retained',
  'native',
];

/** Those of tests, and of what their files leave. */
export const FILE_LIMIT_NAMES: readonly (LimitName | 'leftBehind')[] = [
  ...LIMIT_NAMES,
  'leftBehind',
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
  return parseNamed(LIMIT_NAMES, limits, owner, others);
}

function parseNamed<Name extends string>(
  names: readonly Name[],
  limits: unknown,
  owner: string,
  others: readonly string[] = [],
): { readonly [Key in Name]?: number } {
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) {
    throw errors.invalidOption(owner, limits, "an object such as { peak: '24 MB' }");
  }
  const known = [...names, ...others];
  const parsed: { [Key in Name]?: number } = {};
  for (const [name, value] of Object.entries(limits)) {
    if (!known.includes(name)) throw errors.unknownOption(name, owner, known);
    if (others.includes(name) || value === undefined) continue;
    parsed[name as Name] = parseBytes(value, `${owner}.${name}`);
  }
  return parsed;
}

/** Limits of a suite, checked. */
export interface SuiteLimitBytes {
  readonly all: FileLimitBytes;
  readonly files: readonly { readonly glob: string; readonly limits: FileLimitBytes }[];
}

/** @throws HighwaterError `invalid-option`, `invalid-size` */
export function parseSuiteLimits(limits: unknown, owner: string): SuiteLimitBytes {
  if (limits !== null && typeof limits === 'object' && 'leak' in limits) {
    throw errors.leakLimitOfSuite(owner);
  }
  const all = parseNamed(FILE_LIMIT_NAMES, limits, owner, ['files']);
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
      limits: parseNamed(
        FILE_LIMIT_NAMES,
        own,
        `${owner}.files[${JSON.stringify(glob)}]`,
      ),
    })),
  };
}

/** The limits of one file and of the tests in it. */
export function limitsOf(
  { all, files }: SuiteLimitBytes,
  file: string,
  root: string,
): FileLimitBytes {
  const path = relative(root, file).split(sep).join('/');
  const own = files.filter(({ glob }) => picomatch()(glob, { dot: true })(path));
  return Object.assign({}, all, ...own.map(({ limits }) => limits)) as FileLimitBytes;
}
