// Holds records against each other with the very code that judges in a test.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../tools/project.mjs';

/** Bytes or objects: of less a share says nothing. */
const LEAST_MIDDLE = 100;

export async function loadJudge() {
  const outfile = join(root, `.e2e/lab-judge-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `
        import { compareRecords } from './packages/core/src/compare.js';
        import { kindOf, tolerancesFor } from './packages/core/src/compare/tolerance.js';
        export { kindOf };
        export const judge = (baseline, now) =>
          compareRecords(baseline, now, tolerancesFor(kindOf(now), undefined));`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const judging = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return judging;
}

/** Every ordered pair of runs: each might have been the one that was committed. */
export function falseAlarms(judge, runs) {
  let compared = 0;
  const alarms = [];
  for (const [from, baseline] of runs.entries()) {
    for (const [to, now] of runs.entries()) {
      if (from === to) continue;
      for (const name of Object.keys(baseline.records)) {
        if (now.records[name] === undefined) continue;
        compared++;
        const { verdict, metrics } = judge(baseline.records[name], now.records[name]);
        if (verdict !== 'regressed') continue;
        for (const change of metrics.filter((one) => one.verdict === 'regressed')) {
          alarms.push({ name, from: baseline.how, to: now.how, ...change });
        }
      }
    }
  }
  return { compared, alarms };
}

/**
 * How far apart the runs are, by ledger and metric: of each subject largest minus smallest, and that as a share
 * of the middle where there is something to take a share of.
 */
export function spreads(runs) {
  const values = new Map();
  for (const { records } of runs) {
    for (const [name, record] of Object.entries(records)) {
      for (const ledger of ['heap', 'native']) {
        for (const [metric, { value }] of Object.entries(record[ledger])) {
          const key = `${ledger} ${metric}`;
          const subjects = values.get(key) ?? new Map();
          values.set(key, subjects);
          subjects.set(name, [...(subjects.get(name) ?? []), value]);
        }
      }
    }
  }
  return [...values].map(([key, subjects]) => {
    const all = [...subjects].map(([name, list]) => {
      const sorted = [...list].sort((a, b) => a - b);
      const width = sorted.at(-1) - sorted[0];
      const middle = sorted[Math.floor(sorted.length / 2)];
      return { name, width, share: middle < LEAST_MIDDLE ? undefined : width / middle };
    });
    const widest = [...all].sort((a, b) => b.width - a.width)[0];
    const shares = all.filter(({ share }) => share !== undefined);
    const largest = shares.sort((a, b) => b.share - a.share)[0];
    const exact = all.filter(({ width }) => width === 0).length;
    return { key, subjects: all.length, exact, widest, largest };
  });
}
