// Whether somebody in this isolate collects precise coverage: nothing in V8's or
// Node's API tells, but the memory of a function that runs for the first time does.

import { getHeapSpaceStatistics } from 'node:v8';
import { Script } from 'node:vm';

/**
 * Every call site needs 16 bytes of feedback. So many of them make a large object, which
 * lies in a space of its own: one that no concurrent sweeper works on, and where nothing
 * grows by the way. The size of the whole heap told wrongly about one time in a hundred.
 */
const CALL_SITES = 10_000;
const SOURCE = `(function (o) { if (o) return; ${'o();'.repeat(CALL_SITES)} })`;
const FEEDBACK_BYTES = CALL_SITES * 16;

let probes = 0;

/**
 * True while V8 counts invocations: it then gives a function its feedback at once,
 * and otherwise only when it has run for a while. Also true under
 * `--no-lazy-feedback-allocation`. Takes about 5 ms.
 */
export function isPreciseCoverageOn(): boolean {
  for (let attempt = 0; attempt < 3; attempt++) {
    // A text of its own, or V8 takes the function, with its feedback, from its compilation cache.
    const script = new Script(`${SOURCE} // ${String(probes++)}`);
    const before = largeObjectBytes();
    const probe = script.runInThisContext() as (truthy: object) => void;
    probe({});
    const growth = largeObjectBytes() - before;
    // Less than nothing: a collection came between.
    if (growth >= 0) return growth > FEEDBACK_BYTES / 2;
  }
  return true;
}

function largeObjectBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name.endsWith('large_object_space'))
    .reduce((sum, space) => sum + space.space_used_size, 0);
}
