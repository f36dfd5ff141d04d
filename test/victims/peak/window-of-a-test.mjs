// What a window around a test counts when much garbage was there before it. Prints one line of JSON.
//
//   node --min-semi-space-size=16 --max-semi-space-size=16 window-of-a-test.mjs <garbage in MB> <held in MB>

import { loadNative } from '@highwater/native';

const POINT_DOUBLES = 125;
/** The array, its store's header, and the store. */
const POINT_BYTES = 32 + 16 + POINT_DOUBLES * 8;
const POINTER_BYTES = 8;

const addon = loadNative();
const [garbageMB, heldMB] = process.argv.slice(2).map(Number);

function makePoints(megabytes) {
  const points = new Array(Math.ceil((megabytes * 1e6) / POINT_BYTES));
  for (let index = 0; index < points.length; index++) {
    points[index] = new Array(POINT_DOUBLES).fill(0.5);
  }
  return points;
}

/** Compiled, and everything it needs is there. */
for (let time = 0; time < 20; time++) makePoints(1);
// An empty young generation.
addon.openTestWindow('counters', 1_000_000, 'full', 0);
addon.closeTestWindow();

makePoints(garbageMB);
addon.openTestWindow('counters', 0, 'young', 0);
const held = makePoints(heldMB);
const { peakUsedBytes, gcPauseMs } = addon.closeTestWindow();
const heldBytes = held.length * (POINT_BYTES + POINTER_BYTES);
console.log(JSON.stringify({ peakUsedBytes, heldBytes, isCollected: gcPauseMs > 0 }));
