// The same heap, and V8's snapshot of it alone: what of the memory is V8's.
//
//   node snapshot.mjs <nodes>

import { getHeapSnapshot } from 'node:v8';
import native from '@highwater/native';
import { answer } from '../tools/program.mjs';
import { makeItems } from './items.mjs';

const addon = native.loadNative();
addon.acquire();
// Its ids take memory of their own, and are there before a snapshot.
addon.markObjects();
makeItems(Number(process.argv[2]));
addon.collectGarbage('full');

addon.resetPeakRss();
const { rssBytes } = addon.processMemory();
const snapshot = getHeapSnapshot();
answer({ peakBytes: addon.processMemory().peakRssBytes - rssBytes });
snapshot.destroy();
