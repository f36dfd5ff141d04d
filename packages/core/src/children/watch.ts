// A child process from when somebody begins to look to its end.

import type { ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import type { DescendantMeasurement, ProcessMeasurement } from '../types.js';
import { commandOf } from './command.js';
import { type FoundReport, findReports, reportsFolder } from './folder.js';
import {
  descendantOf,
  ENDED_SILENTLY,
  ledgersOf,
  peakOf,
  RUNNING,
  whyNoReport,
} from './numbers.js';
import { OutsideView } from './outside.js';

/** A child that has been started. */
export interface ProcessWatch {
  readonly pid: number;
  /** When it has ended. */
  readonly ended: Promise<void>;
  readonly isRunning: () => boolean;
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
  let endedMs: number | undefined;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = (): void => {
    endedMs ??= performance.now();
    view.close();
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
  return {
    pid,
    ended,
    isRunning,
    close: () => view.close(),
    measurement: () => {
      if (isRunning()) view.look();
      const reports = findReports(reportsFolder());
      const own = reports.find((report) => report.pid === pid);
      return {
        pid,
        command: commandOf(
          child.spawnargs.length === 0 ? [child.spawnfile] : child.spawnargs,
          folder,
        ),
        exitCode: child.exitCode,
        signal: child.signalCode,
        durationMs: (endedMs ?? performance.now()) - beganMs,
        ...peakOf(own?.end, view.peakRssBytes),
        isNode: own !== undefined || view.isNode === true,
        ledgers:
          own === undefined
            ? { unavailable: whyNoReport(view) }
            : ledgersOf(own, isRunning() ? RUNNING : ENDED_SILENTLY),
        descendants: reports
          .filter(({ ancestors }) => ancestors.includes(pid))
          .map((report) => nowOf(report, folder)),
      };
    },
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
