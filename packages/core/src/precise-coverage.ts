// Whether somebody in this isolate collects precise coverage: nothing in V8's or
// Node's API tells, but the memory of a function that runs for the first time does.

import { getHeapStatistics } from 'node:v8';
import { Script } from 'node:vm';

/**
 * Every call site needs 16 bytes of feedback. So many of them make a large object,
 * which is the only kind that V8 accounts for one by one outside new space.
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
    const before = getHeapStatistics().used_heap_size;
    const probe = script.runInThisContext() as (truthy: object) => void;
    probe({});
    const growth = getHeapStatistics().used_heap_size - before;
    // Less than nothing: a collection came between.
    if (growth >= 0) return growth > FEEDBACK_BYTES / 2;
  }
  return true;
}
