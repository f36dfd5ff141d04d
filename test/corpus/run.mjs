// Asks toNotLeak about leaks that packages really had, about what fixed them, and about code
// that does not leak.
//
//   npm run corpus -- [--dir <folder>] [--case <name> ...] [--node 20|22|24|26]
//                     [--repeat <n>] [--json <file>]
//
// Exit code 1: a verdict is wrong. 2: it could not run.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NODES } from '../tools/nodes.mjs';
import { makeProject, root } from '../tools/project.mjs';
import { writeResults } from '../tools/results.mjs';
import { binaryOf } from './lib/binary.mjs';
import { readCases, runsOf, selectCases } from './lib/cases.mjs';
import { namedIn } from './lib/culprit.mjs';
import { installFor, placeOf } from './lib/install.mjs';
import { runOnce } from './lib/one-run.mjs';
import { resultLines, summaryLines } from './lib/print.mjs';
import { isRight, summarize } from './lib/summary.mjs';
import { usageError } from './lib/usage-error.mjs';

function readOptions() {
  const { values, positionals } = parseArgs({
    options: {
      dir: { type: 'string', default: join(root, 'test/corpus') },
      case: { type: 'string', multiple: true, default: [] },
      node: { type: 'string', default: process.versions.node.split('.')[0] },
      repeat: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
    // `--case a b`
    allowPositionals: true,
  });
  const major = NODES.find((node) => String(node) === values.node);
  if (major === undefined) {
    throw usageError(`--node is ${values.node}, none of ${NODES.join(', ')}.`);
  }
  if (!/^[1-9]\d*$/.test(values.repeat)) {
    throw usageError(`--repeat is ${values.repeat}, no number of times.`);
  }
  // npm starts scripts in the repository, wherever its user is.
  const from = (path) => resolve(process.env.INIT_CWD ?? process.cwd(), path);
  const json = values.json && from(values.json);
  if (json && !existsSync(dirname(json))) {
    throw usageError(`--json is ${values.json}, in a folder that does not exist.`);
  }
  const folder = from(values.dir);
  if (!existsSync(folder)) {
    throw usageError(`--dir is ${values.dir}, which does not exist.`);
  }
  const patterns = [...values.case, ...positionals];
  return { folder, patterns, major, repeat: Number(values.repeat), json };
}

/** All of it, or nothing of it: others may read the file meanwhile. */
function writeJson(file, content) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, file);
}

function toResult(run, node, record, repeat) {
  const { driver: _, ...said } = run;
  const culpritNamed =
    record.verdict === 'leak' && run.culprit !== null
      ? namedIn(run.culprit, record.text) !== null
      : null;
  const result = { ...said, repeat, node: node.version, ...record, culpritNamed };
  return { ...result, right: isRight(result) };
}

async function main() {
  const { folder, patterns, major, repeat, json } = readOptions();
  const cases = selectCases(readCases(folder), patterns);
  const runs = cases.flatMap((one) => runsOf(one, major));
  installFor(folder, runs);
  // All binaries before packing: the packed native package then serves every Node.
  for (const run of runs) binaryOf(folder, run);

  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => interruption.abort());
  }
  mkdirSync(join(root, '.corpus'), { recursive: true });
  const dir = mkdtempSync(join(root, '.corpus/run-'));
  const results = [];
  const write = (isComplete) => {
    if (json)
      writeJson(json, { isComplete, summary: summarize(results), cases: results });
  };
  try {
    const fixtures = join(root, 'test/corpus/project');
    const project = makeProject({ dir, runner: 'vitest', fixtures });
    for (const run of runs) {
      const node = binaryOf(folder, run);
      const place = placeOf(folder, run);
      for (let time = 1; time <= repeat; time += 1) {
        const record = await runOnce(
          project,
          folder,
          node.node,
          run,
          place,
          interruption.signal,
        );
        if (interruption.signal.aborted) break;
        const result = toResult(run, node, record, time);
        results.push(result);
        console.log(resultLines(result));
        write(false);
      }
      if (interruption.signal.aborted) break;
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }

  const summary = summarize(results);
  console.log(`\n${summaryLines(summary)}`);
  if (interruption.signal.aborted) {
    console.error('corpus: interrupted');
    process.exitCode = 2;
    return;
  }
  write(true);
  writeResults('corpus', {
    passed: results.length - summary.wrong,
    failed: summary.wrong,
  });
  process.exitCode = summary.wrong === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  const isUsage = error.isUsageError || String(error.code).startsWith('ERR_PARSE_ARGS');
  console.error(`corpus: ${isUsage ? error.message : error.stack}`);
  process.exitCode = 2;
}
