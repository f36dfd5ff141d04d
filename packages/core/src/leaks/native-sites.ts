// Which callsites of native blocks grow with the calls, and are the program's? Pure arithmetic on evidence.

import type { CallsiteSeries } from '../callsites.js';
import { sum } from '../stats.js';
import {
  bytesFollowCalls,
  countFollowsCalls,
  isSteady,
  perCall,
  type Readings,
} from './growth.js';
import { bytesOfOthers } from './native-owner.js';
import { siteReadings } from './sample.js';

/**
 * Less may be V8's and Node's own: they keep some 100 bytes a call themselves (compiling WebAssembly). Leaks of addons'
 * threads are images and buffers.
 */
const NODES_BYTES_PER_CALL = 512;
/** Of what the calls have left before: a rare leak may leave more for once. */
const EXPLAINED = 2;

/** Of threads of addons and of Node's pool, and of the loop between two calls of JavaScript. */
export function isOfThreads(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { bytes } = siteReadings(site, lengths);
  return bytesFollowCalls(bytes) && perCall(bytes) >= NODES_BYTES_PER_CALL;
}

/** Not what Node and V8 keep for themselves: enough of it, or asked for by an addon. */
export function isNotNodes(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { bytes } = siteReadings(site, lengths);
  return (
    perCall(bytes) >= NODES_BYTES_PER_CALL ||
    readingsOfOthers(site, lengths).some(bytesFollowCalls)
  );
}

/**
 * By stack, too: one may keep the same of every call where another beside it gives its blocks back late (wrappers that are
 * finalized).
 */
function readingsOfOthers(
  site: CallsiteSeries,
  lengths: readonly number[],
): readonly Readings[] {
  return bytesOfOthers(site).map((held) => ({ lengths, values: [0, ...held] }));
}

/**
 * What V8's profiler notes of new functions, so that stacks have names, it frees late. It was not there before there were
 * stacks: the callsite would keep more than all calls have left.
 */
export function isNoNote(
  site: CallsiteSeries,
  lengths: readonly number[],
  grownBytesPerCall: number,
): boolean {
  const { counts, bytes } = siteReadings(site, lengths);
  const kept = total(bytes);
  const block = kept / Math.max(1, total(counts));
  return kept <= EXPLAINED * (grownBytesPerCall * sum(lengths) + block);
}

function total({ values }: Readings): number {
  return (values.at(-1) ?? 0) - (values[0] ?? 0);
}

/** Not in bursts, as what comes with collections does: see {@link isSteady}. */
export function isSteadySite(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { counts, bytes } = siteReadings(site, lengths);
  return (
    (countFollowsCalls(counts) && isSteady(counts)) ||
    [bytes, ...readingsOfOthers(site, lengths)].some(
      (held) => bytesFollowCalls(held) && isSteady(held),
    )
  );
}
