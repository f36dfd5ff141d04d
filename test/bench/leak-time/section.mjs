// How long a verdict about a leak takes, and whether it is right, against what else there is.

import { join } from 'node:path';
import { installPeer } from '../peers/install.mjs';
import { runProgram } from '../tools/program.mjs';
import { median } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';
import { victims } from '../victims/index.mjs';

const AIM_RATIO = 20;
const SMALL = 'small-ok';
/** In the quick form only these meet the peers, which take seconds each. */
const QUICK_PEER_VICTIMS = ['small-ok', 'tiny-leak'];
const PEERS = ['memlab', 'leakage'];

/** The tools that run here: program and, for the slow ones, how often. */
function findTools(log) {
  const tools = {
    highwater: { program: join(import.meta.dirname, 'highwater.mjs'), isPeer: false },
    loop: { program: join(import.meta.dirname, 'loop.mjs'), isPeer: false },
  };
  for (const name of PEERS) {
    log(`${name}: installing if need be`);
    const peer = installPeer(name);
    if ('program' in peer) tools[name] = { program: peer.program, isPeer: true };
    else log(`${name}: does not install here, goes without: ${peer.unavailable}`);
  }
  return tools;
}

/** Every tool on every victim in turn, each in a process of its own. */
function sample(tools, { quick, log }) {
  const rounds = quick ? 1 : 3;
  // The fast ones more often: their figures are small enough to be all noise.
  const fastRepeats = quick ? 1 : 3;
  const runs = [];
  for (let round = 0; round < rounds; round++) {
    log(`round ${round + 1} of ${rounds}`);
    for (const { name } of victims) {
      for (let repeat = 0; repeat < fastRepeats; repeat++) {
        for (const [tool, { program, isPeer }] of Object.entries(tools)) {
          if (isPeer && (repeat > 0 || (quick && !QUICK_PEER_VICTIMS.includes(name)))) {
            continue;
          }
          runs.push({ victim: name, tool, ...attempt(program, name) });
        }
      }
    }
  }
  return runs;
}

function attempt(program, victim) {
  try {
    return runProgram(program, [victim]);
  } catch (error) {
    return { problem: error.message };
  }
}

/** What one tool made of one victim. */
function summary(runs, { name, leaks }, tool) {
  const mine = runs.filter((run) => run.victim === name && run.tool === tool);
  const good = mine.filter((run) => run.problem === undefined);
  if (good.length === 0) return { tool, problem: mine[0]?.problem };
  const verdicts = good.flatMap((run) => [run, run.again].filter(Boolean));
  const again = good.flatMap((run) => (run.again ? [run.again.ms] : []));
  return {
    tool,
    medianMs: median(good.map((run) => run.ms)),
    ...(again.length > 0 && { againMedianMs: median(again) }),
    right: verdicts.filter((verdict) => verdict.leaks === leaks).length,
    verdicts: verdicts.length,
  };
}

function timeCell(result) {
  if (result.medianMs === undefined) return result.problem ? 'failed' : '-';
  return figure(result.medianMs);
}

function verdictCell({ right, verdicts }) {
  if (verdicts === undefined) return '-';
  if (right === verdicts) return 'right';
  return right === 0 ? 'WRONG' : `${right}/${verdicts}`;
}

function ratioTo(row, tool) {
  const mine = row.results.find((result) => result.tool === 'highwater');
  const other = row.results.find((result) => result.tool === tool);
  return other?.medianMs !== undefined && mine?.medianMs !== undefined
    ? other.medianMs / mine.medianMs
    : undefined;
}

function timeTable(rows, names) {
  const others = names.filter((name) => name !== 'highwater');
  return table(
    ['median ms', 'highwater', 'again', ...others.flatMap((name) => [name, 'ratio'])],
    rows.map((row) => {
      const [mine] = row.results;
      const { againMedianMs } = mine;
      const cells = [row.victim, timeCell(mine)];
      cells.push(againMedianMs === undefined ? '-' : figure(againMedianMs));
      for (const other of row.results.slice(1)) {
        const ratio = ratioTo(row, other.tool);
        cells.push(timeCell(other), ratio === undefined ? '-' : times(ratio));
      }
      return cells;
    }),
  );
}

function verdictTable(rows, names) {
  return table(
    ['verdict', 'truth', ...names],
    rows.map((row) => [
      row.victim,
      row.leaks ? 'leaks' : 'clean',
      ...row.results.map(verdictCell),
    ]),
  );
}

/** @param {{ quick: boolean, log: (line: string) => void }} options */
export function leakTime(options) {
  const tools = findTools(options.log);
  const names = Object.keys(tools);
  const runs = sample(tools, options);
  const rows = victims.map((victim) => ({
    victim: victim.name,
    leaks: victim.leaks,
    results: names.map((tool) => summary(runs, victim, tool)),
  }));
  const small = rows.find((row) => row.victim === SMALL);
  const problems = new Set(
    runs.flatMap(({ tool, problem }) => (problem ? [`${tool} failed: ${problem}`] : [])),
  );
  return {
    rows,
    runs,
    text: [timeTable(rows, names), '', verdictTable(rows, names), ...problems].join('\n'),
    notes: [
      'Each run in a fresh process, modules loaded before the clock starts; "again" is a second',
      'check in the same process; ratios are to the first. memlab with a leak filter, leakage',
      'with its defaults, the loop with 200 + 1,000 calls where any growth fails.',
    ],
    aims: PEERS.filter((peer) => names.includes(peer)).map((peer) => {
      const ratio = ratioTo(small, peer);
      return {
        aim: `toNotLeak on a small function, first in its process: >= ${AIM_RATIO}x faster than ${peer}`,
        figure: ratio === undefined ? 'unknown' : times(ratio),
        isMet: ratio !== undefined && ratio >= AIM_RATIO,
      };
    }),
  };
}
