// Asks graphs that are gone, and ends threads in the middle of a capture. Prints what came
// out when the process is still well.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import native from '@highwater/native';

const addon = native.loadNative();
const problem = (ask) => {
  try {
    ask();
    return 'none';
  } catch (error) {
    return error.message;
  }
};

if (!isMainThread) {
  addon.acquire();
  for (;;) addon.captureHeap([]).survivors([addon.markObjects()], 1);
}

const workers = [0, 60, 120, 180].map(
  (ms) =>
    new Promise((resolve) => {
      const worker = new Worker(new URL(import.meta.url));
      worker.once('exit', resolve);
      worker.once('online', () => setTimeout(() => worker.terminate(), ms));
    }),
);

const unheld = problem(() => addon.captureHeap([]));
addon.acquire();

class Kept {}
class Observed {}
class Direct {}
globalThis.kept = new Kept();
const observer = { observed: new Observed() };
const paths = (function ask() {
  const direct = new Direct();
  const graph = addon.captureHeap([observer]);
  const path = (value) => graph.path(graph.idOf(value))?.map(({ node }) => node.name);
  const found = {
    kept: path(globalThis.kept).at(-1),
    observed: path(observer.observed) ?? null,
    direct: path(direct) ?? null,
    unknown: graph.path(0) ?? null,
    idOfNewer: graph.idOf({}) ?? null,
  };
  graph.dispose();
  graph.dispose();
  return { ...found, disposed: problem(() => graph.path(1)) };
})();

const directory = mkdtempSync(join(tmpdir(), 'highwater-'));
const graph = addon.captureHeap([]);
const file = join(directory, 'one.heapsnapshot');
graph.write(file);
const { snapshot } = JSON.parse(readFileSync(file, 'utf8'));
const written = {
  nodes: snapshot.node_count === graph.nodeCount,
  edges: snapshot.edge_count === graph.edgeCount,
  files: readdirSync(directory),
  nowhere: problem(() => graph.write('/nowhere/at/all')),
};
rmSync(directory, { recursive: true });
addon.forgetObjectIds();
const forgotten = graph.idOf(observer) ?? null;
addon.release();
const released = problem(() => graph.classes(0));

await Promise.all(workers);
console.log(JSON.stringify({ unheld, paths, written, forgotten, released }));
