// A child process from when somebody begins to look to its end.

import type { ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import type { DescendantMeasurement, ProcessMeasurement } from '../types.js';
import { commandOf } from './command.js';
import { reportsFolder } from './folder.js';
import {
  descendantOf,
  endedBy,
  ledgersOf,
  peakOf,
  programOf,
  RUNNING,
  whyNoReport,
} from './numbers.js';
import { OutsideView } from './outside.js';
import { ProgramsBelow } from './programs.js';
import { type FoundReport, reportOf, reportsBelow } from './reports.js';

/** A child without those below it. */
export type OwnMeasurement = Omit<ProcessMeasurement, 'descendants'>;

/** A child that has been started. */
export interface ProcessWatch {
  readonly pid: number;
  /** When it has ended. */
  readonly ended: Promise<void>;
  readonly isRunning: () => boolean;
  /** What is known of it now, whatever it has started. */
  readonly own: () => OwnMeasurement;
  /** Of what was seen below it, when it is a shell, those that have not reported. */
  readonly programs: () => readonly DescendantMeasurement[];
  /** What is known now. */
  readonly measurement: () => ProcessMeasurement;
  /** Looks at it no more. Done by itself when it ends. */
  readonly close: () => void;
}

/** @param folder paths of the command below it are shown relative to it */
export function watchProcess(
  child: ChildProcess,
  pid: number,
  folder: string,
): ProcessWatch {
  const beganMs = performance.now();
  const view = new OutsideView(pid);
  const below = new ProgramsBelow(pid, view);
  let endedMs: number | undefined;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const close = (): void => {
    below.close();
    view.close();
  };
  const end = (): void => {
    endedMs ??= performance.now();
    close();
  };
  const ended = new Promise<void>((resolve) => {
    if (!isRunning()) {
      end();
      resolve();
      return;
    }
    child.once('exit', () => {
      end();
      resolve();
    });
  });
  const own = (): OwnMeasurement => {
    if (isRunning()) view.look();
    const report = reportOf(reportsFolder(), pid);
    return {
      pid,
      command: commandOf(
        child.spawnargs.length === 0 ? [child.spawnfile] : child.spawnargs,
        folder,
      ),
      exitCode: child.exitCode,
      signal: child.signalCode,
      durationMs: (endedMs ?? performance.now()) - beganMs,
      ...peakOf(report?.end, view.peakRssBytes),
      isNode: report !== undefined || view.isNode === true,
      ledgers:
        report === undefined
          ? { unavailable: whyNoReport(view) }
          : ledgersOf(report, isRunning() ? RUNNING : endedBy(child.signalCode)),
    };
  };
  const programs = (): readonly DescendantMeasurement[] => {
    if (isRunning()) below.look();
    return below.programs
      .filter((program) => reportOf(reportsFolder(), program.pid) === undefined)
      .map((program) => programOf(program, folder));
  };
  return {
    pid,
    ended,
    isRunning,
    close,
    own,
    programs,
    measurement: () => ({
      ...own(),
      descendants: [
        ...reportsBelow(reportsFolder(), pid).map((report) => nowOf(report, folder)),
        ...programs(),
      ],
    }),
  };
}

/** A process that nobody here has started: what is known of it now. */
export function nowOf(report: FoundReport, folder: string): DescendantMeasurement {
  if (report.end !== undefined)
    return descendantOf(report, { unavailable: 'unknown' }, false, folder);
  const view = new OutsideView(report.pid);
  view.close();
  const seen = view.peakRssBytes;
  return descendantOf(report, seen, typeof seen === 'number', folder);
}
