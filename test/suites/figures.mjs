// What the files of a suite's runs say: counts, records lost, ratios, alarms. Reads nothing, prints nothing.

import { median, medianRatio } from '../bench/tools/stats.mjs';

/** @param {object} results what a runner writes with `json`; Vitest writes Jest's format */
export function countsOf(results) {
  const counts = { passed: 0, failed: 0, skipped: 0, failedFiles: 0 };
  for (const file of results.testResults) {
    if (file.assertionResults.length === 0 && file.status === 'failed') {
      counts.failedFiles++;
    }
    for (const { status } of file.assertionResults) {
      if (status === 'passed' || status === 'failed') counts[status]++;
      else counts.skipped++;
    }
  }
  return counts;
}

/** @param {{ tests: readonly { state: string }[] }} run a run file */
export function recordsOf(run) {
  return run.tests.filter(({ state }) => state !== 'skipped').length;
}

/** Tests that ran by the runner's word, less the records of tests that ran. More records than tests is wrong, too. */
export function recordsLost(counts, run) {
  return counts.passed + counts.failed - recordsOf(run);
}

/** The line of the summary, as a user reads it. */
export function claimOf(output) {
  // The line is folded at a terminal's width.
  const text = output.replace(/\s+/g, ' ');
  return /highwater took [\d,]+ ms(?: \([^)]*\))?/.exec(text)?.[0] ?? 'nothing';
}

/**
 * @param {readonly { cpuMs: number, wallMs: number, peakBytes: number }[]} plain
 * @param {readonly { cpuMs: number, wallMs: number, peakBytes: number }[]} tracked of the same pairs, in the same order
 */
export function ratiosOf(plain, tracked) {
  const of = (runs, what) => runs.map((run) => run[what]);
  return {
    cpu: medianRatio(of(tracked, 'cpuMs'), of(plain, 'cpuMs')),
    wall: medianRatio(of(tracked, 'wallMs'), of(plain, 'wallMs')),
    peakBytes: {
      plain: median(of(plain, 'peakBytes')),
      tracked: median(of(tracked, 'peakBytes')),
    },
  };
}

/** Which runs are held against which: each against the one before it, or every two, both ways. */
export function pairsToJudge(count, isAll) {
  const pairs = [];
  for (let reference = 0; reference < count; reference++) {
    for (let run = 0; run < count; run++) {
      if (isAll ? run !== reference : run === reference + 1) pairs.push([reference, run]);
    }
  }
  return pairs;
}

/**
 * @param {readonly { exitCode: number, verdict: object | undefined }[]} verdicts of the gate; nothing was changed
 */
export function alarmsOf(verdicts) {
  const wrong = verdicts.filter(({ exitCode }) => exitCode !== 0);
  const findings = wrong.flatMap(({ verdict, error }) =>
    verdict === undefined
      ? [error]
      : verdict.findings
          .filter(({ isFailure }) => isFailure)
          .map(({ test, file, text }) => `${test ?? file}: ${[text].flat().join(' ')}`),
  );
  return { judged: verdicts.length, alarms: wrong.length, findings };
}

/** @param {readonly object[]} runs counts; of unchanged code they are all the same */
export function differentCounts(plain, tracked) {
  const texts = (all) => [...new Set(all.map((counts) => JSON.stringify(counts)))].sort();
  const [without, withIt] = [texts(plain), texts(tracked)];
  return JSON.stringify(without) === JSON.stringify(withIt)
    ? undefined
    : { without, withIt };
}
