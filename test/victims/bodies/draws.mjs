// Bodies that draw random numbers, or none. Prints one line of JSON: which of them are seen to draw.

import vm from 'node:vm';
import { loadNative } from '@highwater/native';

const addon = loadNative();

/** Whether a call of the body is seen to draw. */
function draws(body, before = () => {}) {
  let window;
  const end = (value) => {
    window = addon.closeTestWindow();
    return value;
  };
  const caller = addon.bodyCaller(() => {
    before();
    addon.openTestWindow('counters', 0, 'young', 0);
    return { self: undefined, args: [], body, returned: end, threw: end };
  });
  try {
    caller();
  } catch {
    // It threw, as it should.
  }
  return window.drawsRandom;
}

const drawing = (count) => () => {
  for (let drawn = 0; drawn < count; drawn++) Math.random();
};
const world = vm.createContext({});
const there = (source) => vm.runInContext(`(${source})`, world);
const counts = [0, 1, 2, 63, 64, 65, 127, 128, 129, 1_000];
const random = Math.random;
const ofCounts = () => counts.map((count) => draws(drawing(count)));

const answers = {
  counts,
  first: ofCounts(),
  // From wherever the last ones stopped.
  later: [1, 62, 5].map((more) => {
    drawing(more)();
    return ofCounts();
  }),
  afterCollections: (() => {
    globalThis.gc();
    globalThis.gc();
    return ofCounts();
  })(),
  optimised: (() => {
    const hot = drawing(100_000);
    for (let time = 0; time < 20; time++) hot();
    return [draws(hot), draws(drawing(0))];
  })(),
  collectsAndDraws: [0, 1, 64].map((count) =>
    draws(() => {
      drawing(count)();
      globalThis.gc();
    }),
  ),
  isThrowing: [0, 1].map((count) =>
    draws(() => {
      drawing(count)();
      throw new Error('thrown');
    }),
  ),
  // The part before the first await.
  isAsync: await Promise.all(
    [0, 1].map((count) =>
      draws(async () => {
        drawing(count)();
        await undefined;
      }),
    ),
  ),
  beforeItBegins: draws(drawing(0), drawing(3)),
  // A world of its own, as Jest's and Vitest's vm pools have.
  inItsWorld: [0, 1, 64].map((count) =>
    draws(
      there(`() => { for (let drawn = 0; drawn < ${count}; drawn++) Math.random(); }`),
    ),
  ),
  inAnotherWorld: draws(there('() => 1'), drawing(5)),
  ofAProxy: [0, 1].map((count) => draws(new Proxy(drawing(count), {}))),
  ofABound: [0, 1].map((count) => draws(drawing(count).bind(undefined))),
  ofAWrapper: (() => {
    Math.random = () => random();
    const seen = [draws(drawing(0)), draws(drawing(1))];
    Math.random = random;
    return seen;
  })(),
  ofAFixedSeed: (() => {
    let seed = 1;
    Math.random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const seen = draws(drawing(100));
    Math.random = random;
    return seen;
  })(),
  isUntouched: [Math.random === random, String(Math.random)],
};
addon.endTestWindows();
process.stdout.write(JSON.stringify(answers));
