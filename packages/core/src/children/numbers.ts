// What a process told of itself, and what was seen from outside, as one.

import type {
  Available,
  DescendantMeasurement,
  ProcessLedgers,
  ProcessNumbers,
} from '../types.js';
import { commandOf } from './command.js';
import type { OutsideView } from './outside.js';
import { canSeeBelow, type SeenProgram } from './programs.js';
import type { ChildReport, ReportEnd } from './report.js';

type Peak = Pick<ProcessNumbers, 'peakRssBytes' | 'isPeakExact'>;

/** The larger of both: while it ended it may have grown, and been seen. */
export function peakOf(end: ReportEnd | undefined, seen: Available<number>): Peak {
  const told = end?.peakRssBytes;
  if (told === undefined) return { peakRssBytes: seen, isPeakExact: false };
  const bytes = typeof seen === 'number' ? Math.max(seen, told) : told;
  return { peakRssBytes: bytes, isPeakExact: true };
}

/** What a report says; `ended` completes "it ...": how the process ended when its report does not say. */
export function ledgersOf(
  { end }: ChildReport,
  ended: string,
): Available<ProcessLedgers> {
  if (end === undefined) return { unavailable: ended };
  const {
    heap,
    native,
    nativeUnavailable = 'it is not recorded here',
    unavailable,
  } = end;
  if (heap === undefined) return { unavailable: unavailable ?? ended };
  return { heap, native: native ?? { unavailable: nativeUnavailable } };
}

/** Why a process that left no report did not. */
export function whyNoReport(
  view: Pick<OutsideView, 'isNode' | 'isAskedToReport'>,
): string {
  const { isNode, isAskedToReport } = view;
  if (isNode === false)
    return canSeeBelow()
      ? 'it is not Node'
      : 'it is not Node, and this system does not tell what it starts';
  if (isAskedToReport === false)
    return isNode === true
      ? 'it was started without what makes it report: pass { env: measuredEnv() }'
      : 'it was started without what makes Node report: if it is Node, pass { env: measuredEnv() }';
  if (isNode === undefined)
    return 'it left no report: it is not Node, or ended before it could load highwater';
  return 'it is Node, but ended before it could load highwater, or was kept from it';
}

/** A Node process below a child. */
export function descendantOf(
  report: ChildReport,
  seen: Available<number>,
  isRunning: boolean,
  folder: string,
): DescendantMeasurement {
  return {
    pid: report.pid,
    command: commandOf(report.args, folder),
    parentPid: report.ancestors[0] ?? 0,
    isNode: true,
    exitCode: report.end?.exitCode,
    ...(report.end?.signal !== undefined && { signal: report.end.signal }),
    ...peakOf(report.end, seen),
    ledgers: ledgersOf(report, isRunning ? RUNNING : ENDED_SILENTLY),
  };
}

/** A program below a shell. */
export function programOf(
  { pid, parentPid, args, view }: SeenProgram,
  folder: string,
): DescendantMeasurement {
  return {
    pid,
    command: commandOf(args, folder),
    parentPid,
    isNode: view.isNode === true,
    exitCode: undefined,
    peakRssBytes: view.peakRssBytes,
    isPeakExact: false,
    ledgers: { unavailable: whyNoReport(view) },
  };
}

/** How a child ended that did not say itself. */
export function endedBy(signal: string | null): string {
  return signal === null ? ENDED_SILENTLY : `${signal} ended it: it could not report`;
}

export const RUNNING = 'it was still running';
const ENDED_SILENTLY =
  'it ended without an `exit` event, by a signal or a crash: it could not report';
