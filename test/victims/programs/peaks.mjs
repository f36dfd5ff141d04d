// Functions whose live high-water mark is known. Each export makes a fresh function to
// measure.

/** Of a block: 10,000 B with its header. */
const ELEMENTS = 1_244;
const HELD_BLOCKS = 4_000;
const GARBAGE_PER_BLOCK = 4;
const GARBAGE_WHILE_HELD = 12_000;
const GARBAGE_AFTER = 12_000;

function makeBlock() {
  return new Array(ELEMENTS).fill(0);
}

function makeGarbage(blocks) {
  let sum = 0;
  for (let i = 0; i < blocks; i++) sum += makeBlock().length;
  return sum;
}

function holdWhileMakingGarbage() {
  const held = new Array(HELD_BLOCKS).fill(null);
  for (let i = 0; i < HELD_BLOCKS; i++) {
    held[i] = makeBlock();
    makeGarbage(GARBAGE_PER_BLOCK);
  }
  makeGarbage(GARBAGE_WHILE_HELD);
  return held.length;
}

/** Holds 40 MB, then drops it, and makes 400 MB of garbage before, meanwhile and after. */
export function heldThenDropped() {
  return function holdThenDrop() {
    return holdWhileMakingGarbage() + makeGarbage(GARBAGE_AFTER);
  };
}

/** Holds 10,000 rows at once: 400,000 B, and the array that holds them. */
export function heldRows() {
  return function holdRows() {
    const rows = new Array(10_000).fill(null);
    for (let i = 0; i < rows.length; i++) rows[i] = { i, twice: 2 * i };
    let sum = 0;
    for (const row of rows) sum += row.twice;
    return sum;
  };
}

function spike() {
  return new Array(1_000_000).fill(1.5).length;
}

function makeSmallGarbage(objects) {
  let sum = 0;
  for (let i = 0; i < objects; i++) sum += { i, twice: 2 * i }.twice;
  return sum;
}

/** 8 MB at once, alive for a moment between garbage of 4 MB before and after. */
export function spikeInGarbage() {
  return function spikeOnce() {
    return makeSmallGarbage(70_000) + spike() + makeSmallGarbage(70_000);
  };
}
