// Does the unchanged code of libraries ever fail its baseline? Each function is recorded in fresh processes, and
// every record is held against every other.
//
//   npm run lab:libraries                                      20 processes each
//   npm run lab:libraries -- --processes 6 --node <binary>     fewer, of another Node
//   npm run lab:libraries -- --busy                            beside processes that take all cores
//   npm run lab:libraries -- --only graphql --only immer       functions whose name begins so
//   npm run lab:libraries -- --json out.json                   all records, too
//
// Exit code 1: a false alarm, or a change that was not found.

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isInstalled } from '../tools/installed.mjs';
import { npm } from '../tools/npm.mjs';
import { falseAlarms, loadJudge } from './judge.mjs';
import { functions } from './libraries/functions.mjs';
import { inParallel, recordOnce } from './libraries/processes.mjs';
import { tableHead, tableLine } from './libraries/table.mjs';
import { keepBusy } from './records.mjs';

const OBJECT_BYTES = 56;
/** What must be found of every function. */
const CHANGE = 0.05;

const { values: options } = parseArgs({
  options: {
    processes: { type: 'string', default: '20' },
    node: { type: 'string', default: process.execPath },
    only: { type: 'string', multiple: true, default: [''] },
    busy: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const { node } = options;
const cores = availableParallelism();

const folder = join(dirname(fileURLToPath(import.meta.url)), 'libraries');
if (!isInstalled(folder)) npm(['ci', '--ignore-scripts'], folder);

/** One function in every process, and once more where each call costs more. */
async function measured(name) {
  const jobs = Array.from({ length: Number(options.processes) }, () => 0);
  const records = await inParallel(jobs, cores, () => recordOnce(node, name));
  const { value } = records[0].heap.allocatedBytes;
  const changed = await recordOnce(
    node,
    name,
    Math.ceil((value * CHANGE) / OBJECT_BYTES),
  );
  return { records, changed };
}

const { judge } = await loadJudge();
const results = {};
let hasFailed = false;
const names = Object.keys(functions).filter((name) =>
  options.only.some((start) => name.startsWith(start)),
);
const stop = options.busy ? keepBusy(cores) : undefined;
console.log(tableHead(CHANGE));
try {
  for (const name of names) {
    const { records, changed } = await measured(name);
    results[name] = records;
    const runs = records.map((record, index) => ({
      how: `process ${index + 1}`,
      records: { [name]: record },
    }));
    const { compared, alarms } = falseAlarms(judge, runs);
    const found = records.filter((one) => judge(one, changed).verdict === 'regressed');
    console.log(
      tableLine(name, functions[name].library, { records, compared, alarms, found }),
    );
    hasFailed ||= alarms.length > 0 || found.length < records.length;
    if (options.json) writeFileSync(options.json, JSON.stringify(results));
  }
} finally {
  stop?.();
}
process.exitCode = hasFailed ? 1 : 0;
