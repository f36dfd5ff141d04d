// A heap of so many nodes, analysed where it is, then written to a file for others.
//
//   node highwater.mjs <nodes> [<file>]

import native from '@highwater/native';
import { answer } from '../tools/program.mjs';
import { makeItems } from './items.mjs';

const [nodes, file] = process.argv.slice(2);
const addon = native.loadNative();
addon.acquire();
const mark = addon.markObjects();
makeItems(Number(nodes));
addon.collectGarbage('full');

addon.resetPeakRss();
const { rssBytes } = addon.processMemory();
const graph = addon.captureHeap([]);
const start = performance.now();
const [group] = graph.survivors([mark], 1);
const itemsId = graph.idOf(globalThis.items);
const { retainedBytes } = graph.node(itemsId);
const answerMs = performance.now() - start;
if (group?.name !== 'Array') throw new Error('the list of items was not found');
const { peakRssBytes } = addon.processMemory();
const result = {
  nodes: graph.nodeCount,
  edges: graph.edgeCount,
  heapBytes: graph.totalBytes,
  snapshotMs: graph.snapshotMs,
  analysisMs: graph.analysisMs,
  answerMs,
  peakBytes: peakRssBytes - rssBytes,
  itemsId,
  found: `${group?.count} ${group?.name}`,
  retainedBytes,
};
if (file) graph.write(file);
answer(result);
