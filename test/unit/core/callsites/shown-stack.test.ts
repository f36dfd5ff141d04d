import { describe, expect, it } from 'vitest';

import { callsiteSeries } from '../../../../packages/core/src/callsites.js';
import {
  APP,
  AROUND,
  DEPENDENCY,
  NODE,
  OWN,
  profileOf,
  RUNNER,
  row,
  type Spot,
  text,
} from './profiles.js';

describe('a shown stack', () => {
  const shown = (stack: readonly Spot[], internals = false) =>
    callsiteSeries(profileOf(row(stack)), { internals }).map((site) => text(site.frames));

  it('ends at the function that highwater called', () => {
    expect(shown([...AROUND, `outer@${APP}:5`, `inner@${DEPENDENCY}:6`])).toEqual([
      [`inner ${DEPENDENCY}:6`, `outer ${APP}:5`],
    ]);
  });

  it('ends at the innermost call by highwater', () => {
    expect(
      shown([...AROUND, `outer@${APP}:5`, `measure@${OWN}:3`, `inner@${APP}:6`]),
    ).toEqual([[`inner ${APP}:6`]]);
  });

  it('ends at the outermost user frame when the stack does not reach highwater', () => {
    expect(
      shown([`processTicks@${NODE}:2`, `next@${RUNNER}:9`, 'then', `resumed@${APP}:5`]),
    ).toEqual([[`resumed ${APP}:5`]]);
  });

  it('keeps the runner where the user calls it', () => {
    const chai = '/app/node_modules/.pnpm/chai@6/node_modules/chai/index.js';
    expect(shown([...AROUND, `outer@${APP}:5`, `expect@${chai}:1`])).toEqual([
      [`expect ${chai}:1`, `outer ${APP}:5`],
    ]);
  });

  it('collapses node and V8 into the frame that called them', () => {
    const stack = [...AROUND, `on@${APP}:5`, `emit@${NODE}:6`, `handle@${APP}:8`, 'push'];
    expect(shown(stack)).toEqual([[`handle ${APP}:8`, `on ${APP}:5`]]);
    expect(shown(stack, true)).toEqual([
      ['push :0', `handle ${APP}:8`, `emit ${NODE}:6`, `on ${APP}:5`],
    ]);
  });

  it('keeps the node frame when nobody else is on the stack', () => {
    expect(shown([`listOnTimeout@${NODE}:4`, `emit@${NODE}:6`, 'push'])).toEqual([
      [`emit ${NODE}:6`],
    ]);
    expect(shown(['(EXTERNAL)'])).toEqual([['(EXTERNAL) :0']]);
  });

  it.each([
    ['highwater', [...AROUND]],
    ['highwater through node', [...AROUND, `emit@${NODE}:6`, 'push']],
    ['the runner', [`processTicks@${NODE}:2`, `report@${RUNNER}:9`, 'push']],
  ])('does not exist for what %s allocates', (_, stack) => {
    expect(shown(stack)).toEqual([]);
  });
});
