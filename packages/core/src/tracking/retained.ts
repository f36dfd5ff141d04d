// What a test leaves reachable: settled readings around it, and when they break a limit a heap snapshot that
// tells the user's objects from what V8 compiled meanwhile.

import { settleOverTurns } from '../gc.js';
import { classNameOf } from '../heap/classes.js';
import { withGraphOf } from '../heap/graph.js';
import { isOnStackOnly, type SurvivorPath, survivorPaths } from '../heap/paths.js';
import { whyNoSnapshot } from '../heap/snapshot-limit.js';
import { native } from '../native.js';
import { loadPackages } from '../on-demand.js';
import { sum } from '../stats.js';
import { INTERRUPTED } from './body.js';

/** New objects of one class that one older object holds. */
export interface RetainedGroup {
  readonly className: string;
  readonly count: number;
  /** With all that only they hold. */
  readonly retainedBytes: number;
  readonly path: SurvivorPath;
}

/** What stayed. */
export type Retained =
  | { readonly notMeasured: string }
  | {
      readonly notMeasured?: undefined;
      /** Growth of the settled heap; where that was more than allowed, the objects of the user in it. */
      readonly bytes: number;
      /** Most bytes first; looked for where the heap grew by more than allowed. */
      readonly groups: readonly RetainedGroup[];
      /** Why there are none: the heap is too large to look. */
      readonly noSnapshot?: string;
    };

/** From now on, until `end`. */
export interface RetainedWatch {
  readonly end: (limit: number | undefined) => Promise<Retained>;
  /** Without a reading. */
  readonly cancel: () => void;
}

const MOST_GROUPS = 8;

/** Undefined while another measurement runs. @throws HighwaterError `missing-addon` */
export function watchRetained(withLimit: boolean): RetainedWatch | undefined {
  loadPackages();
  const addon = native();
  if (!addon.acquire()) return undefined;
  addon.settle();
  // Ids cost a table entry for every object: only for those who may have to tell.
  const mark = withLimit ? addon.markObjects(true) : 0;
  const before = addon.settle();
  addon.release();
  const cancel = (): void => addon.forgetObjectIds();
  return {
    cancel,
    end: async (limit) => {
      if (!addon.acquire(true)) return { notMeasured: INTERRUPTED };
      try {
        const bytes = (await settleOverTurns(addon)) - before;
        if (limit === undefined || bytes <= limit) return { bytes, groups: [] };
        const groups = groupsSince(mark);
        // V8's own growth is in it then: better a broken limit too many than one that nobody sees.
        if (typeof groups === 'string') return { bytes, groups: [], noSnapshot: groups };
        return { bytes: sum(groups.map(({ retainedBytes }) => retainedBytes)), groups };
      } finally {
        cancel();
        addon.release();
      }
    },
  };
}

/** Or why that is not known: the heap is too large to look. */
function groupsSince(mark: number): readonly RetainedGroup[] | string {
  try {
    return groupsInSnapshot(mark);
  } catch (cause) {
    const why = whyNoSnapshot(cause);
    if (why === undefined) throw cause;
    return why;
  }
}

function groupsInSnapshot(mark: number): readonly RetainedGroup[] {
  return withGraphOf(native(), [], (graph) => {
    const groups = graph.survivors([mark], 1);
    const paths = survivorPaths(groups.slice(0, MOST_GROUPS), graph);
    return groups
      .map(({ type, name, count, retainedBytes }, index) => ({
        className: classNameOf(type, name),
        count,
        retainedBytes,
        path: paths[index] ?? { steps: [], hiddenCount: 0, firstNew: 0 },
      }))
      .filter(({ path }) => !isOnStackOnly(path) && !isOfQueues(path));
  });
}

/** Promises and ticks that Node has not done with: they go with the next turns. */
function isOfQueues({ steps }: SurvivorPath): boolean {
  return steps.some(({ held }) => held.place?.file.startsWith('node:internal/process/'));
}
