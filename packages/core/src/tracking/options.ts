// What is tracked of every test: the config, and what the environment changes of it.

import { errors } from '../errors.js';
import {
  FILE_LIMIT_NAMES,
  parseSuiteLimits,
  type SuiteLimitBytes,
  type SuiteLimits,
} from './limits.js';

/**
 * What is tracked beside the counters: `retained` collects before and after every test, `callsites` samples the
 * stacks of allocations, `files` collects around every file, and looks for what those leave behind that make
 * their worker grow. All take time.
 */
export type TrackDetail = 'retained' | 'callsites' | 'files';

/** Options of tracking, the same in both runners. Plain data: they are handed to workers. */
export interface TrackingOptions {
  /** Default: false, unless there are limits. */
  readonly track?: boolean | TrackDetail | readonly TrackDetail[];
  readonly limits?: SuiteLimits;
  /** Measure the processes that tests start, each by itself. Default: false. Turns tracking on. */
  readonly children?: boolean;
  /** Tests in each list of the largest at the end of a run; 0 for no lists. Default: 5. */
  readonly top?: number;
}

/** {@link TrackingOptions}, checked and complete. */
export interface TrackingSettings {
  readonly isOn: boolean;
  readonly details: ReadonlySet<TrackDetail>;
  readonly limits: SuiteLimitBytes;
  readonly children: boolean;
  readonly top: number;
  /** What some test retains is asked for. */
  readonly isRetainedAsked: boolean;
}

const DETAILS: readonly TrackDetail[] = ['retained', 'callsites', 'files'];
const OPTIONS = ['track', 'limits', 'children', 'top', 'baseline'];
const VALID = `true, false or a list of ${DETAILS.map((one) => `'${one}'`).join(', ')}`;

/**
 * `HIGHWATER` stands for `track` (`1`, `0`, `retained,callsites`), `HIGHWATER_LIMIT_PEAK` and its like for the limits of
 * all tests, `HIGHWATER_CHILDREN` (`1`, `0`) for `children`, `HIGHWATER_TOP` for `top`. The environment comes first.
 *
 * @param owner who takes the options, for errors
 * @throws HighwaterError `invalid-option`, `invalid-size`
 */
export function trackingSettings(
  options: TrackingOptions,
  env: Readonly<Record<string, string | undefined>>,
  owner: string,
): TrackingSettings {
  const { track, limits = {}, children = false, top = 5, ...unknown } = options;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw errors.unknownOption(stranger, owner, OPTIONS);
  const given = parseSuiteLimits(limits, `${owner}.limits`);
  const all = { ...given.all, ...limitsOfEnvironment(env) };
  const hasLimits = Object.keys(all).length > 0 || given.files.length > 0;
  const withChildren = childrenOf(env.HIGHWATER_CHILDREN, children);
  const written =
    trackOfEnvironment(env.HIGHWATER) ?? track ?? (hasLimits || withChildren);
  const asked = detailsOf(written, track === written ? 'track' : 'HIGHWATER');
  const isLimited = [all, ...given.files.map((one) => one.limits)].some(
    ({ leftBehind }) => leftBehind !== undefined,
  );
  // Whoever limits what files leave behind wants somebody to look.
  const details =
    isLimited && written !== false ? new Set([...asked, 'files' as const]) : asked;
  return {
    isOn: written !== false,
    details,
    limits: { all, files: given.files },
    children: withChildren && written !== false,
    top: countOf(env.HIGHWATER_TOP, top),
    isRetainedAsked:
      details.has('retained') ||
      [all, ...given.files.map((file) => file.limits)].some(
        ({ retained }) => retained !== undefined,
      ),
  };
}

function childrenOf(text: string | undefined, children: unknown): boolean {
  const value = text?.trim().toLowerCase();
  if (value === undefined || value === '') {
    if (typeof children === 'boolean') return children;
    throw errors.invalidOption('children', children, 'true or false');
  }
  const known = switchOf(value);
  if (known !== undefined) return known;
  throw errors.invalidOption('HIGHWATER_CHILDREN', text, '1 or 0');
}

/** What stands for yes and no in the environment; undefined for neither. */
function switchOf(value: string): boolean | undefined {
  if (['1', 'true', 'on'].includes(value)) return true;
  return ['0', 'false', 'off'].includes(value) ? false : undefined;
}

function countOf(text: string | undefined, top: unknown): number {
  const isWritten = text !== undefined && text !== '';
  const value = isWritten ? Number(text) : top;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
    return value;
  const [name, got] = isWritten ? ['HIGHWATER_TOP', text] : ['top', top];
  throw errors.invalidOption(name, got, 'a whole number, 0 or more');
}

function detailsOf(track: unknown, option: string): ReadonlySet<TrackDetail> {
  if (typeof track === 'boolean') return new Set();
  const list: unknown = typeof track === 'string' ? [track] : track;
  if (!Array.isArray(list) || !list.every((one) => DETAILS.includes(one))) {
    throw errors.invalidOption(option, track, VALID);
  }
  return new Set(list as TrackDetail[]);
}

function trackOfEnvironment(
  text: string | undefined,
): boolean | readonly string[] | undefined {
  const value = text?.trim().toLowerCase();
  if (value === undefined || value === '') return undefined;
  const known = switchOf(value);
  if (known !== undefined) return known;
  const list = value.split(',').map((one) => one.trim());
  if (list.every((one) => (DETAILS as readonly string[]).includes(one))) return list;
  throw errors.invalidOption(
    'HIGHWATER',
    text,
    `1, 0, or a list of ${DETAILS.join(', ')}`,
  );
}

function limitsOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): SuiteLimitBytes['all'] {
  const written = FILE_LIMIT_NAMES.flatMap((name) => {
    const value = env[`HIGHWATER_LIMIT_${inCapitals(name)}`];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return parseSuiteLimits(Object.fromEntries(written), 'HIGHWATER_LIMIT').all;
}

/** `leftBehind` as `LEFT_BEHIND`. */
function inCapitals(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
