// Functions of which it is known whether they leak.

import { arrayBufferLeak } from './array-buffer-leak.mjs';
import { garbageOk } from './garbage-ok.mjs';
import { lazyCompileOk } from './lazy-compile-ok.mjs';
import { listenerLeak } from './listener-leak.mjs';
import { lruOk } from './lru-ok.mjs';
import { mapClosureLeak } from './map-closure-leak.mjs';
import { smallOk } from './small-ok.mjs';
import { tinyLeak } from './tiny-leak.mjs';

/**
 * @typedef {object} Victim
 * @property {string} name
 * @property {boolean} leaks the truth
 * @property {() => () => unknown} make a fresh function to call, sharing nothing with others
 */

/** @type {readonly Victim[]} */
export const victims = [
  smallOk,
  listenerLeak,
  mapClosureLeak,
  tinyLeak,
  arrayBufferLeak,
  lruOk,
  garbageOk,
  lazyCompileOk,
];

/** @param {string | undefined} name */
export function victimNamed(name) {
  const victim = victims.find((each) => each.name === name);
  if (victim === undefined) throw new Error(`no victim is called ${name}`);
  return victim;
}
