// Addons lend memory of their own to Buffers. They get it back in a later turn of the event loop, which
// never comes while a sync function is called again and again.

import type { CallsiteSeries } from '../callsites.js';
import { sum } from '../stats.js';
import { bytesFollowCalls } from './growth.js';

/** Node-API's, and what other addons call. Node exports all of them, so that they have names. */
const LENDING =
  /^(?:napi|node_api)_create_external_(?:array)?buffer$|^node::Buffer::New$/;

/** Whether what is noted for each such Buffer stays, call by call: then its memory does, too. */
export function areBuffersLent(
  sites: readonly CallsiteSeries[],
  lengths: readonly number[],
): boolean {
  const notes = sites
    .flatMap(({ nativeStacks = [] }) => nativeStacks)
    .filter(({ frames }) =>
      frames.some(({ functionName }) => LENDING.test(functionName)),
    );
  const values = lengths.map((_, round) =>
    sum(notes.map(({ bytes }) => bytes[round] ?? 0)),
  );
  return bytesFollowCalls({ lengths, values: [0, ...values] });
}
