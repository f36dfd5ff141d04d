// Runs one project with and without highwater, in turn, and brings back its figures.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WAYS, writeConfigs } from './configs.mjs';
import {
  alarmsOf,
  claimOf,
  countsOf,
  differentCounts,
  pairsToJudge,
  ratiosOf,
  recordsLost,
  recordsOf,
} from './figures.mjs';
import { copyProject, installPackages } from './install.mjs';
import { judge } from './judge.mjs';
import { runOnce } from './run-once.mjs';

/**
 * @param {object} options
 * @param {string} options.dir with its dependencies installed; left as it is
 * @param {'vitest' | 'jest'} options.runner
 * @param {string} options.command runs all tests
 * @param {string} [options.config] the runner's config, a name in the folder
 * @param {string} [options.packages] a folder of tarballs; without it the packages as they are now
 * @param {string} options.name
 * @param {number} options.pairs
 * @param {number} options.runs with highwater, those of the pairs included
 * @param {boolean} [options.isAll] every two runs are judged
 * @param {string} [options.keep] a folder for the run files
 * @param {(line: string) => void} [options.log]
 */
export function measureSuite({
  dir,
  runner,
  command,
  config,
  packages,
  name,
  pairs,
  runs,
  isAll = false,
  keep,
  log = () => {},
}) {
  const copy = copyProject(resolve(dir));
  try {
    installPackages(copy, packages);
    const configs = writeConfigs(copy, runner, config);
    const saved = resolve(keep ?? join(copy, '.highwater-suites'));
    mkdirSync(saved, { recursive: true });
    const all = { plain: [], tracked: [] };
    const files = [];
    const once = (way) => {
      const one = runOnce({ dir: copy, runner, command, config: configs[way] });
      const counts = countsOf(one.results);
      all[way].push({ ...one.used, counts });
      log(
        `${name}: ${way}, ${counts.passed} passed, ${Math.round(one.used.cpuMs)} ms of CPU`,
      );
      if (way === 'plain') return one;
      if (one.record === undefined) {
        throw new Error(`highwater left no run file:\n${one.output}`);
      }
      const file = join(saved, `run-${files.length + 1}.json`);
      writeFileSync(file, JSON.stringify(one.record));
      files.push(file);
      Object.assign(all.tracked.at(-1), {
        records: recordsOf(one.record),
        lost: recordsLost(counts, one.record),
        claim: claimOf(one.output),
        problems: one.record.problems,
      });
      return one;
    };
    // The first run of each way fills the runner's caches: Jest keeps what it transforms by config.
    const [first] = WAYS.map((way) =>
      runOnce({ dir: copy, runner, command, config: configs[way] }),
    );
    if (countsOf(first.results).passed === 0) {
      throw new Error(`No test passes without highwater:\n${first.output}`);
    }
    for (let pair = 0; pair < pairs; pair++) {
      // Neither is always the second.
      for (const way of pair % 2 === 0 ? WAYS : [...WAYS].reverse()) {
        once(way);
      }
    }
    const ratios = ratiosOf(all.plain, all.tracked);
    while (files.length < runs) once('tracked');
    const verdicts = pairsToJudge(files.length, isAll).map(([reference, run]) =>
      judge(copy, files[reference], files[run]),
    );
    const counts = (way) => all[way].map(({ counts }) => counts);
    return {
      name,
      runner,
      node: process.version,
      pairs,
      counts: { plain: all.plain[0].counts, tracked: all.tracked[0].counts },
      differentCounts: differentCounts(counts('plain'), counts('tracked')),
      ...ratios,
      lost: Math.max(...all.tracked.map(({ lost }) => Math.abs(lost))),
      claim: all.tracked[0].claim,
      gate: alarmsOf(verdicts),
      runs: all,
    };
  } finally {
    rmSync(dirname(copy), { recursive: true, force: true });
  }
}
