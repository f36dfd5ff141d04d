// Measures until it has a result, again and again when nobody wants it.

import { parentPort } from 'node:worker_threads';
import { findLeaks, measure } from '@highwater/core';
import { churn, pair } from './functions.mjs';

const { allocatedBytes } = measure(pair);
findLeaks(churn);
await measure(async () => {
  await null;
  pair();
});
parentPort.postMessage({ allocatedBytes });
