// How long it takes to understand a heap, and how much memory, against memlab on the same heap.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installPeer } from '../peers/install.mjs';
import { runProgram } from '../tools/program.mjs';
import { median } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const AIM_RATIO = 5;
const REPEATS = 3;
const SIZES = [50_000, 1_000_000, 5_000_000];
const QUICK_SIZES = [50_000, 500_000];

function analyse(program, args) {
  try {
    return runProgram(program, args);
  } catch (error) {
    return { problem: error.message };
  }
}

/** A program of ours, as often as it takes: peaks of RSS differ by some percent, and ours is the difference of two. */
function several(program, nodes, file) {
  const path = join(import.meta.dirname, program);
  // The file is of the heap whose ids the first one answers with.
  return Array.from({ length: REPEATS }, (_, index) =>
    analyse(path, index === 0 && file ? [String(nodes), file] : [String(nodes)]),
  );
}

function peakOf(results) {
  const peaks = results.flatMap(({ peakBytes }) => peakBytes ?? []);
  return peaks.length === 0 ? undefined : median(peaks);
}

/** Both on one heap. */
function measure(nodes, memlab, log) {
  log(`${nodes} nodes`);
  const directory = mkdtempSync(join(tmpdir(), 'highwater-bench-'));
  const file = join(directory, 'heap.heapsnapshot');
  try {
    const ours = several('highwater.mjs', nodes, file);
    const [highwater] = ours;
    if (highwater.problem) return { nodes, highwater };
    const v8Bytes = peakOf(several('snapshot.mjs', nodes));
    const ownBytes = v8Bytes && peakOf(ours) - v8Bytes;
    const fileBytes = statSync(file).size;
    return {
      nodes: highwater.nodes,
      fileBytes,
      highwater: { ...highwater, v8Bytes, ownBytes },
      ...(memlab && { memlab: analyse(memlab, [file, String(highwater.itemsId)]) }),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const megabytes = (bytes) => (bytes === undefined ? '-' : figure(bytes / 1e6));
const ratio = (theirs, ours) =>
  theirs === undefined || ours === undefined ? '-' : times(theirs / ours);

function row({ nodes, highwater, memlab = {} }) {
  if (highwater.problem) return [String(nodes), 'failed', ...Array(8).fill('-')];
  return [
    String(nodes),
    megabytes(highwater.heapBytes),
    figure(highwater.snapshotMs),
    figure(highwater.analysisMs),
    memlab.problem ? 'failed' : memlab.ms === undefined ? '-' : figure(memlab.ms),
    ratio(memlab.ms, highwater.analysisMs),
    megabytes(highwater.v8Bytes),
    megabytes(highwater.ownBytes),
    megabytes(memlab.peakBytes),
    ratio(memlab.peakBytes, highwater.ownBytes),
  ];
}

/** @param {{ quick: boolean, log: (line: string) => void }} options */
export function heapAnalysis({ quick, log }) {
  log('memlab: installing if need be');
  const peer = installPeer('memlab');
  const memlab =
    'program' in peer ? join(dirname(peer.program), 'analyse.mjs') : undefined;
  const rows = (quick ? QUICK_SIZES : SIZES).map((size) => measure(size, memlab, log));
  const problems = rows.flatMap(({ nodes, highwater, memlab: theirs }) => [
    ...(highwater.problem ? [`highwater, ${nodes} nodes: ${highwater.problem}`] : []),
    ...(theirs?.problem ? [`memlab, ${nodes} nodes: ${theirs.problem}`] : []),
  ]);
  const head = [
    'nodes',
    'heap MB',
    'V8 ms',
    'analysis ms',
    'memlab ms',
    'ratio',
    'V8 MB',
    'analysis MB',
    'memlab MB',
    'ratio',
  ];
  const compared = rows.filter(({ memlab: theirs }) => theirs?.ms !== undefined);
  const aims = compared.flatMap(({ nodes, highwater, memlab: theirs }) =>
    [
      ['time', theirs.ms / highwater.analysisMs],
      ['memory', theirs.peakBytes / highwater.ownBytes],
    ].map(([what, value]) => ({
      aim: `heap of ${nodes} nodes: a ${AIM_RATIO}th of memlab's ${what}`,
      figure: times(value),
      isMet: value >= AIM_RATIO,
    })),
  );
  return {
    rows,
    text: [table(head, rows.map(row)), ...problems].join('\n'),
    notes: [
      "Times of one run each; memory the median of three, of memlab one. V8's time and memory are those of its snapshot, which both need; memlab reads its from",
      "a file. Memory is the peak of RSS above the start; the analysis's what is above V8's alone, taken in a process",
      "of its own. highwater's process has both at once: their sum.",
    ],
    aims,
  };
}
