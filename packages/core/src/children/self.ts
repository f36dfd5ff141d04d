// In a child that is Node: measures the process from its start to its end, and writes down what it took.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { loadNative, type Native } from '@highwater/native';
import { REPORT_KEY, type ReportState } from '../report-state.js';
import { peakRssIn } from './proc-text.js';
import { BELOW, type ChildReport, REPORTS_VARIABLE, type ReportEnd } from './report.js';

const MOST_ANCESTORS = 16;

/** What a signal ends later when the event loop does not turn. */
const PATIENCE_MS = 250;

/** Workers run this, too: what they take is of their process, which reports. */
export function reportSelf(): void {
  const prefix = process.env[REPORTS_VARIABLE];
  const world = globalThis as unknown as Record<symbol, ReportState | undefined>;
  // A second copy, of another installation of highwater.
  if (prefix === undefined || !isMainThread || world[REPORT_KEY] !== undefined) return;
  const state: ReportState = { isDisturbed: false };
  Object.defineProperty(world, REPORT_KEY, { value: state });
  const began = process.hrtime();
  const start: ChildReport = {
    version: 1,
    pid: process.pid,
    ancestors: ancestors(),
    args: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    startedAtMs: Date.now(),
  };
  const folder = dirname(prefix);
  const own = folderOf(folder, process.pid);
  const file = join(own, `${basename(prefix)}${start.startedAtMs}.json`);
  write(file, start);
  markBelow(folder, start.ancestors);
  const peakBefore = peakRss();
  const window = openWindow();
  let isTold = false;
  const tell = (how: Pick<ReportEnd, 'exitCode' | 'signal'>): void => {
    if (isTold) return;
    isTold = true;
    try {
      const [seconds, nanoseconds] = process.hrtime(began);
      const durationMs = Math.round(seconds * 1e3 + nanoseconds / 1e6);
      const end = { ...how, durationMs, ...readingOf(window, state, peakBefore) };
      write(file, { ...start, end });
    } catch {
      // As above.
    }
  };
  process.once('exit', (exitCode) => tell({ exitCode }));
  if ('unavailable' in window) return;
  window.beforeEndingSignal((signal) => tell({ signal }), PATIENCE_MS);
}

type Opened = Native | { readonly unavailable: string };

function openWindow(): Opened {
  try {
    const addon = loadNative();
    addon.openTestWindow('blocks');
    return addon;
  } catch (error) {
    const [first = ''] = String((error as Error).message).split('\n');
    return { unavailable: first };
  }
}

type Reading = Omit<ReportEnd, 'exitCode' | 'durationMs'>;

function readingOf(
  opened: Opened,
  { isDisturbed }: ReportState,
  peakBefore: number | undefined,
): Reading {
  const peakNow = peakRss();
  // The kernel's mark is set back when a window opens. `resourceUsage().maxRSS` is no help: it begins with what
  // the parent had when it started this process.
  const rss =
    peakNow === undefined || isDisturbed
      ? {}
      : { peakRssBytes: Math.max(peakNow, peakBefore === undefined ? 0 : peakBefore) };
  if ('unavailable' in opened) return { ...rss, unavailable: opened.unavailable };
  if (isDisturbed) return { unavailable: 'it measures with highwater itself' };
  const window = opened.closeTestWindow();
  if (window === undefined || window.isInterrupted)
    return { ...rss, unavailable: 'it measures with highwater itself' };
  const { allocatedBytes, peakUsedBytes, native, nativeUnavailable } = window;
  return {
    ...rss,
    heap: {
      allocatedBytes: Math.max(0, allocatedBytes),
      peakUsedBytes: Math.max(0, Math.min(peakUsedBytes, allocatedBytes)),
    },
    ...(native === undefined
      ? { nativeUnavailable: nativeUnavailable || 'it is not recorded here' }
      : {
          native: {
            allocatedBytes: native.allocatedBytes,
            peakBytes: Math.max(0, native.peakBytes),
          },
        }),
  };
}

function peakRss(): number | undefined {
  try {
    return peakRssIn(readFileSync('/proc/self/status'));
  } catch {
    return undefined;
  }
}

/** Between a process and the Node process that started it there may be shells. */
function ancestors(): number[] {
  const found: number[] = [];
  let pid = process.ppid;
  while (pid > 1 && found.length < MOST_ANCESTORS) {
    found.push(pid);
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // The name stands in brackets, and may have spaces and brackets itself.
      pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      return found;
    }
  }
  return found;
}

/** Tells those that started it, up to whom all report to. */
function markBelow(folder: string, above: readonly number[]): void {
  const [, asking] = /-(\d+)-\w+$/.exec(folder) ?? [];
  for (const pid of above) {
    if (pid === Number(asking)) return;
    writeFileSync(join(folderOf(folder, pid), `${BELOW}${process.pid}`), '');
  }
}

/** Made, but only where there is a folder of reports: who has taken it away wants none. */
function folderOf(reports: string, pid: number): string {
  const folder = join(reports, String(pid));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return folder;
}

function write(file: string, report: ChildReport): void {
  writeFileSync(`${file}.new`, JSON.stringify(report));
  renameSync(`${file}.new`, file);
}
