// From a measurement to what a baseline keeps of it.

import { formatBytes, formatCount } from '../bytes.js';
import { BASELINE_METRICS } from '../compare/tolerance.js';
import { errors, type HighwaterError } from '../errors.js';
import { spreadWidth } from '../stats.js';
import type {
  BaselineLedger,
  BaselineMetric,
  BaselineRecord,
  Callsite,
  Frame,
  NativeCallsite,
  OtherCallsites,
  PartialMeasurement,
  RecordedCallsite,
  RecordedLedger,
  RecordedNumber,
  Spread,
} from '../types.js';
import type { BaselineWorld } from './environment.js';
import { pathBelow } from './paths.js';

const MOST_CALLSITES = 40;
const WITHOUT_JAVASCRIPT: Frame = {
  functionName: '(no JavaScript)',
  file: '',
  line: 0,
  column: 0,
  origin: 'builtin',
};

/** What a record is made of, beside the measurement. */
export interface RecordOptions {
  readonly world: BaselineWorld;
  /** Version of highwater. */
  readonly highwater: string;
  /** Paths are kept relative to this folder. */
  readonly root: string;
  readonly metrics: readonly BaselineMetric[];
}

export function recordOf(
  measurement: PartialMeasurement,
  { world, highwater, root, metrics }: RecordOptions,
): BaselineRecord {
  const heap = ledgerOf(measurement, 'heap', metrics);
  const native = ledgerOf(measurement, 'native', metrics);
  const { listed, others } = listedCallsites(measurement.callsites, root);
  const { callsites: nativeSites = [] } = measurement.native;
  const nativeCallsites = listedCallsites(nativeSites.map(withFrame), root).listed;
  return {
    highwater,
    node: world.node,
    v8: world.v8,
    tier: measurement.tier,
    kind: measurement.kind,
    ...(measurement.waits && { waits: true }),
    heap,
    native,
    callsites: listed,
    ...(others && { otherCallsites: others }),
    ...(nativeCallsites.length > 0 && { nativeCallsites }),
  };
}

/** What no JavaScript asked for is a callsite of its own. */
function withFrame(site: NativeCallsite): Callsite {
  return site.frames.length > 0 ? site : { ...site, frames: [WITHOUT_JAVASCRIPT] };
}

function ledgerOf(
  measurement: PartialMeasurement,
  ledger: BaselineLedger,
  metrics: readonly BaselineMetric[],
): RecordedLedger {
  const numbers: Partial<Record<BaselineMetric, RecordedNumber>> = {};
  for (const metric of BASELINE_METRICS) {
    const value: number | undefined = measurement[ledger][metric as 'allocatedBytes'];
    if (value === undefined || !metrics.includes(metric)) continue;
    const spread =
      ledger === 'heap' ? measurement.spread[metric] : measurement.nativeSpread?.[metric];
    // What is live at once was allocated; above that the peak found something of V8's own.
    const { allocatedBytes } = measurement.heap;
    const most = ledger === 'heap' && metric === 'peakBytes' ? allocatedBytes : undefined;
    numbers[metric] = numberOf(metric, value, spread, measurement.kind, most);
  }
  return numbers;
}

function numberOf(
  metric: BaselineMetric,
  value: number,
  spread: Spread | undefined,
  kind: PartialMeasurement['kind'],
  most = Infinity,
): RecordedNumber {
  const values = (spread?.values ?? [value]).map((one) => Math.min(one, most));
  return {
    value: rounded(Math.min(value, most)),
    spread: rounded(noiseOf(values, metric === 'peakBytes' ? 'sync' : kind)),
    rounds: values.length,
  };
}

/**
 * How far the reported number may lie from the next one. A median does not follow the outermost rounds:
 * of four and more they are left out. The smallest round, which stands for async functions, is
 * as certain as the smaller half of the rounds agrees.
 */
export function noiseOf(values: readonly number[], kind: 'sync' | 'async'): number {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const [from, to] =
    kind === 'async' ? [0, Math.ceil(last / 2)] : last < 3 ? [0, last] : [1, last - 1];
  return (sorted[to] ?? 0) - (sorted[from] ?? 0);
}

// A spread of this much around zero is no noise worth an error.
const NOISE_FLOOR: Readonly<Record<Exclude<BaselineMetric, 'peakBytes'>, number>> = {
  allocatedBytes: 4_000,
  allocatedCount: 50,
  retainedBytes: 16_000,
};

/**
 * Why a measurement is not fit to be a baseline: its rounds lie further apart than their middle from zero.
 * One round that is far out does not make it so.
 */
export function noiseProblem(
  { heap, spread, kind }: PartialMeasurement,
  metrics: readonly BaselineMetric[],
): HighwaterError | undefined {
  for (const metric of metrics) {
    // How far apart searches for a peak end is known, and allowed for.
    if (metric === 'peakBytes') continue;
    const value = heap[metric];
    const rounds = spread[metric];
    if (value === undefined || rounds === undefined) continue;
    const noise = 2 * noiseOf(rounds.values, kind);
    if (noise > Math.max(Math.abs(value), NOISE_FLOOR[metric])) {
      const format = metric === 'allocatedCount' ? formatCount : formatBytes;
      return errors.baselineTooNoisy(metric, format(value), format(spreadWidth(rounds)));
    }
  }
  return undefined;
}

/** The same function called from several places is one; the smallest are added up. */
function listedCallsites(
  callsites: readonly Callsite[],
  root: string,
): {
  readonly listed: readonly RecordedCallsite[];
  readonly others: OtherCallsites | undefined;
} {
  const functions = new Map<string, RecordedCallsite>();
  for (const { frames, allocatedBytes, allocatedCount } of callsites) {
    const [frame] = frames;
    if (frame === undefined) continue;
    const file = pathBelow(root, frame.file);
    const key = `${file}\n${frame.line}\n${frame.functionName}`;
    const known = functions.get(key);
    functions.set(key, {
      function: frame.functionName,
      file,
      line: frame.line,
      allocatedBytes: rounded((known?.allocatedBytes ?? 0) + allocatedBytes),
      allocatedCount: rounded((known?.allocatedCount ?? 0) + allocatedCount),
    });
  }
  const ranked = [...functions.values()].sort(
    (a, b) =>
      b.allocatedBytes - a.allocatedBytes ||
      b.allocatedCount - a.allocatedCount ||
      compareText(placeOf(a), placeOf(b)),
  );
  const rest = ranked.slice(MOST_CALLSITES);
  const others = rest.reduce<OtherCallsites>(
    (sum, site) => ({
      siteCount: sum.siteCount + 1,
      allocatedBytes: rounded(sum.allocatedBytes + site.allocatedBytes),
      allocatedCount: rounded(sum.allocatedCount + site.allocatedCount),
    }),
    { siteCount: 0, allocatedBytes: 0, allocatedCount: 0 },
  );
  return {
    // In the order of the sources: a change of sizes moves no lines in the file.
    listed: ranked
      .slice(0, MOST_CALLSITES)
      .sort((a, b) => compareText(placeOf(a), placeOf(b))),
    others: rest.length === 0 ? undefined : others,
  };
}

function placeOf(site: RecordedCallsite): string {
  return `${site.file}\n${site.function}\n${String(site.line).padStart(10, '0')}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Three decimals: what is compared is what is written. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0;
}
