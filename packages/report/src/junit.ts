// JUnit's XML, which most CI systems read: a suite for each test file, a case for each measured test, and one for
// what the file left behind, where that was judged.

import {
  type FileIdentity,
  type FileRecord,
  inProject,
  recordKey,
  type TestRecord,
} from '@highwater/core';
import type { Finding, GateResult } from './gate.js';
import { groupBy } from './group-by.js';
import {
  isUnclear,
  kindWords,
  phrasesOf,
  sentencesOf,
  sitesOf,
  titleOf,
} from './words.js';

const MOST_SITES = 10;

/** A document; only what fails the gate is a failure in it. */
export function formatJunit({ run, findings, files }: GateResult): string {
  const byTest = groupBy(findings, keyOf);
  const byFile = groupBy(run.tests, nameOf);
  const compared = new Set(files?.changes.map(({ file }) => file));
  const judged = run.files.filter(
    (record) => record.limits !== undefined || compared.has(record),
  );
  const leftOf = (file: string): readonly FileRecord[] =>
    judged.filter((record) => nameOf(record) === file);
  for (const record of judged) {
    if (!byFile.has(nameOf(record))) byFile.set(nameOf(record), []);
  }
  const failedFiles = (records: readonly FileRecord[]): number =>
    records.filter((record) =>
      byTest.get(leftKey(nameOf(record)))?.some(({ isFailure }) => isFailure),
    ).length;
  const failed = (tests: readonly TestRecord[]): number =>
    tests.filter((test) =>
      byTest.get(recordKey(test))?.some(({ isFailure }) => isFailure),
    ).length;
  const isLeftOut = (test: TestRecord): boolean => {
    const own = byTest.get(recordKey(test)) ?? [];
    const isFailed = own.some(({ isFailure }) => isFailure);
    return !isFailed && skipped(test, own).length > 0;
  };
  const { faults = [] } = run;
  const count = run.tests.length + judged.length + faults.length;
  const totals = `tests="${count}" failures="${failed(run.tests) + failedFiles(judged)}" errors="${faults.length}"`;
  const suites = [...byFile].map(([file, tests]) => {
    const left = leftOf(file);
    return [
      `  <testsuite name="${escaped(file)}" tests="${tests.length + left.length}" failures="${failed(tests) + failedFiles(left)}" errors="0" skipped="${tests.filter(isLeftOut).length}" timestamp="${escaped(run.startedAt)}" time="${seconds(tests)}">`,
      ...tests.map((test) => caseOf(test, byTest.get(recordKey(test)) ?? [])),
      ...left.map((record) =>
        leftCase(record, byTest.get(leftKey(nameOf(record))) ?? []),
      ),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="highwater" ${totals} time="${(run.durationMs / 1_000).toFixed(3)}">`,
    ...suites,
    ...faultSuite(faults),
    '</testsuites>',
    '',
  ].join('\n');
}

function keyOf(finding: Finding): string {
  return 'test' in finding ? finding.key : leftKey(finding.key);
}

function nameOf({ project, file }: FileIdentity): string {
  return inProject(project, file);
}

/** No test has such a name. */
function leftKey(file: string): string {
  return `${file}\0`;
}

function leftCase({ file }: FileRecord, findings: readonly Finding[]): string {
  const open = `    <testcase name="leaves nothing more behind" classname="${escaped(file)}" file="${escaped(file)}" time="0.000"`;
  const failures = findings.filter(({ isFailure }) => isFailure).map(failure);
  return failures.length === 0
    ? `${open}/>`
    : [`${open}>`, ...failures, '    </testcase>'].join('\n');
}

/** What makes the records of the whole run untrustworthy. */
function faultSuite(faults: readonly string[]): readonly string[] {
  if (faults.length === 0) return [];
  return [
    `  <testsuite name="highwater" tests="${faults.length}" failures="0" errors="${faults.length}" skipped="0" time="0.000">`,
    ...faults.map(
      (text, index) =>
        `    <testcase name="records ${index + 1}" classname="highwater" time="0.000"><error type="highwater.records" message="${escaped(text)}"/></testcase>`,
    ),
    '  </testsuite>',
  ];
}

function caseOf(test: TestRecord, findings: readonly Finding[]): string {
  const time = ((test.measured?.durationMs ?? 0) / 1_000).toFixed(3);
  const open = `    <testcase name="${escaped(titleOf(test))}" classname="${escaped(test.file)}" file="${escaped(test.file)}"${
    test.line === undefined ? '' : ` line="${test.line}"`
  } time="${time}"`;
  const failures = findings.filter(({ isFailure }) => isFailure);
  const children = [
    ...failures.map(failure),
    ...(failures.length === 0 ? skipped(test, findings) : []),
  ];
  return children.length === 0
    ? `${open}/>`
    : [`${open}>`, ...children, '    </testcase>'].join('\n');
}

/** Not run, or not judged. */
function skipped(test: TestRecord, findings: readonly Finding[]): readonly string[] {
  if (isSkipped(test)) return ['      <skipped/>'];
  return findings
    .filter(isUnclear)
    .map(
      (finding) =>
        `      <skipped message="${escaped(`${kindWords(finding)}: ${sentencesOf(finding).join('; ')}`)}"/>`,
    );
}

function failure(finding: Finding): string {
  const phrases = phrasesOf(finding);
  const message = `${kindWords(finding)}: ${phrases.join('; ')}`;
  const sites = sitesOf(finding)
    .slice(0, MOST_SITES)
    .map(
      ({ bytes, difference, name, place }) =>
        `  ${difference ?? bytes}  ${name}  ${place}`,
    );
  return `      <failure type="highwater.${finding.kind}" message="${escaped(message)}">${escaped(
    [...phrases, ...sites].join('\n'),
  )}</failure>`;
}

function isSkipped({ state }: TestRecord): boolean {
  return state === 'skipped';
}

function seconds(tests: readonly TestRecord[]): string {
  const total = tests.reduce((sum, test) => sum + (test.measured?.durationMs ?? 0), 0);
  return (total / 1_000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** XML 1.0 has no way to write most control characters, nor halves of surrogate pairs. */
function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]|\p{Cs}|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"\n\t]/g, (sign) => ENTITIES[sign] ?? sign);
}
