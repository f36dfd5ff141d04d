// Loads a script of 6 MB with 8,000 functions, of whose lines V8 knows nothing yet, and prints what a snapshot takes
// then, and once V8 knows them: it has formatted a stack of the script.
//
//   node large-script.mjs script | context | eval | function | worker

import vm from 'node:vm';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import native from '@highwater/native';

const FUNCTIONS = 8_000;
const PADDING = '/'.repeat(700);
// As bundled code is: functions in one object, and one that shows where it stands.
const SOURCE = `({
${Array.from({ length: FUNCTIONS }, (_, i) => `f${i}(a) {\n  return a + ${i}; ${PADDING}\n},`).join('\n')}
stack() {
  return new Error('x').stack;
} })`;

const LOAD = {
  script: () =>
    new vm.Script(SOURCE, { filename: '/large/script.js' }).runInThisContext(),
  context: () => vm.runInContext(SOURCE, vm.createContext({ Error })),
  // biome-ignore lint/security/noGlobalEval: what it makes is to be found
  eval: () => globalThis.eval(SOURCE),
  function: () => new Function(`return ${SOURCE}`)(),
};

function cpuMs(body) {
  const start = process.cpuUsage();
  body();
  return process.cpuUsage(start).user / 1000;
}

function measure(what) {
  const addon = native.loadNative();
  if (!addon.acquire()) throw new Error('somebody else measures');
  const loaded = LOAD[what]();
  addon.collectGarbage('full');
  const mark = addon.markObjects();
  const seen = {};
  const unknownMs = cpuMs(() => {
    const graph = addon.captureHeap([]);
    seen.large = [...graph.survivors([mark], 1), ...graph.grownStores(mark, 100)]
      .map(({ path, retainedBytes, storeBytes }) => ({
        name: path.at(-1).node.name,
        bytes: retainedBytes ?? storeBytes,
      }))
      .filter(({ bytes }) => bytes > 20_000);
    const last = graph.node(graph.idOf(loaded[`f${FUNCTIONS - 1}`]));
    seen.line = last.place.line;
    graph.dispose();
  });
  seen.stack = loaded.stack().split('\n').length > 1;
  const knownMs = cpuMs(() => addon.captureHeap([]).dispose());
  addon.release();
  return { ...seen, unknownMs, knownMs };
}

const [, , what] = process.argv;
if (!isMainThread) console.log(JSON.stringify(measure(workerData)));
else if (what === 'worker') {
  new Worker(new URL(import.meta.url), { workerData: 'script' });
} else console.log(JSON.stringify(measure(what)));
