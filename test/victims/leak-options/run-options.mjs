// Asks for leaks with options that JSON has no words for, and prints the answers as JSON.
//
//   node run-options.mjs <question>...

import { readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { findLeaks, matchers } from '@highwater/core';
import { keepSession, Session } from './kept.mjs';

async function ask(fn, options, context = {}) {
  const { pass, message } = await matchers.toNotLeak.call(context, fn, options);
  return { pass, message: message() };
}

/** What comes of it, or how it failed. */
async function outcome(work) {
  try {
    return await work();
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}

/** Something that leaks. */
function countedLeak() {
  const kept = [];
  return () => kept.push({ kept: true });
}

function counts() {
  const asked = [];
  for (const options of [
    {},
    { warmup: 3 },
    { iterations: 7 },
    { iterations: 30, warmup: 50 },
  ]) {
    const kept = [];
    const report = findLeaks(() => kept.push({ kept: true }), options);
    asked.push({ ...report, madeCount: kept.length, options });
  }
  return asked;
}

function rounds() {
  return [4, 12].map((count) => {
    const kept = [];
    const iterations = 20;
    return findLeaks(() => kept.push({ kept: true }), { iterations, rounds: count });
  });
}

/** Rules, and whether they are about what `keepSession` leaves. */
const RULES = {
  fileString: { rule: 'leak-options/kept.mjs', matches: true },
  otherFile: { rule: 'leak-options/other.mjs', matches: false },
  functionName: { rule: 'keepSession', matches: true },
  partOfName: { rule: 'keepSess', matches: false },
  fileRegExp: { rule: /kept\.mjs$/, matches: true },
  functionRegExp: { rule: /^keepS/, matches: true },
  otherRegExp: { rule: /^keepT/, matches: false },
  className: { rule: 'Session', matches: true },
  classRegExp: { rule: /^Sess/, matches: true },
  variable: { rule: 'sessions', matches: true },
  variableRegExp: { rule: /^sessions$/, matches: true },
  property: { rule: 'openSessions', matches: true },
  otherProperty: { rule: 'closedSessions', matches: false },
  byFrames: {
    rule: ({ frames }) => frames.some((frame) => frame.functionName === 'keepSession'),
    matches: true,
  },
  byClass: { rule: ({ className }) => className === 'Session', matches: true },
  byRetainers: {
    rule: ({ retainers = [] }) => retainers.includes('sessions'),
    matches: true,
  },
  byNothing: { rule: () => false, matches: false },
};

async function rules() {
  const answers = {};
  for (const [name, { rule, matches }] of Object.entries(RULES)) {
    const { pass, message } = await ask(keepSession, { ignore: [rule] });
    answers[name] = { pass, matches, message };
  }
  return answers;
}

/** The first rule of a process loads the source maps. */
function firstRule() {
  return findLeaks(keepSession, { ignore: [() => false] });
}

/** What an `ignore` function is shown. */
function identities() {
  const seen = [];
  findLeaks(keepSession, {
    ignore: [
      (site) => {
        seen.push({
          functionName: site.frames[0]?.functionName,
          className: site.className,
          retainers: site.retainers,
        });
        return false;
      },
    ],
  });
  return seen.filter(
    ({ functionName, className }) =>
      functionName === 'keepSession' || className === Session.name,
  );
}

/** In what order things ran; a second setup would show. */
async function order(fn, hooksOf) {
  const events = [];
  const result = await outcome(() =>
    findLeaks(() => {
      if (events.at(-1) !== 'calls') events.push('calls');
      return fn();
    }, hooksOf(events)),
  );
  return { events, verdict: result.verdict, code: result.code };
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const sync = (events) => ({
  setup: () => events.push('setup'),
  teardown: () => events.push('teardown'),
});
const async = (events) => ({
  setup: async () => {
    await later(5);
    events.push('setup');
  },
  teardown: async () => {
    await later(5);
    events.push('teardown');
  },
});

/** Something that throws, but not at the first call. */
function failingLate() {
  let calls = 0;
  return () => {
    if (calls++ > 30) throw new Error('expected');
  };
}

async function hooks() {
  const fail = failingLate();
  return {
    sync: await order(() => {}, sync),
    async: await order(async () => {}, async),
    syncHooksOfAsync: await order(async () => {}, sync),
    afterThrow: await order(failingLate(), sync),
    afterRejection: await order(async () => fail(), async),
    afterLeak: await order(countedLeak(), sync),
  };
}

async function snapshot() {
  const { pass, message } = await ask(
    keepSession,
    { snapshot: true },
    { currentTestName: 'sessions > are forgotten' },
  );
  const { snapshotFile } = findLeaks(keepSession, { snapshot: true });
  const { snapshot, nodes, edges, strings } = JSON.parse(
    readFileSync(snapshotFile, 'utf8'),
  );
  return {
    pass,
    message,
    snapshotFile,
    meta: snapshot.meta,
    nodeCount: snapshot.node_count,
    nodeLength: nodes.length,
    edgeCount: snapshot.edge_count,
    edgeLength: edges.length,
    hasClass: strings.includes('Session'),
  };
}

function noSnapshot() {
  const { verdict, snapshotFile = null } = findLeaks(() => {}, { snapshot: true });
  return { verdict, snapshotFile };
}

function snapshotOfText() {
  let text = '';
  const appendText = () => {
    text += `call ${text.length}`;
  };
  const { verdict, snapshotFile = null } = findLeaks(appendText, { snapshot: true });
  return { verdict, snapshotFile };
}

function intervals() {
  return findLeaks(function startPolling() {
    setInterval(() => {}, 60_000);
  });
}

function openServer() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}

function servers() {
  return findLeaks(async function serve() {
    await openServer();
  });
}

function blockFor(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function undecided() {
  const kept = new Map();
  let calls = 0;
  const fillSlowly = () => {
    blockFor(25);
    kept.set(calls, { calls: calls++ });
  };
  const positive = await ask(fillSlowly, { timeoutMs: 1_500 });
  const negated = await matchers.toNotLeak.call({ isNot: true }, fillSlowly, {
    timeoutMs: 1_500,
  });
  const report = findLeaks(fillSlowly, { timeoutMs: 1_500 });
  return {
    positive,
    negated: { pass: negated.pass, message: negated.message() },
    report,
  };
}

/** The same function, given the time that it needs. */
async function decided() {
  const kept = new Map();
  let calls = 0;
  const report = findLeaks(
    () => {
      blockFor(2.5);
      kept.set(calls, { calls: calls++ });
    },
    { timeoutMs: 20_000 },
  );
  return report;
}

const questions = {
  counts,
  rounds,
  rules,
  firstRule,
  identities,
  hooks,
  snapshot,
  noSnapshot,
  snapshotOfText,
  intervals,
  servers,
  undecided,
  decided,
};
const answers = {};
for (const name of process.argv.slice(2)) answers[name] = await questions[name]();
writeSync(1, `${JSON.stringify(answers)}\n`);
process.exit(0);
