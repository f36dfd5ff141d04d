// JUnit's XML, which most CI systems read: a suite for each test file, a case for each measured test.

import { recordKey, type TestRecord } from '@highwater/core';
import type { Finding, GateResult } from './gate.js';
import { kindWords, phrasesOf, sitesOf, titleOf } from './words.js';

const MOST_SITES = 10;

/** A document; only what fails the gate is a failure in it. */
export function formatJunit({ run, findings }: GateResult): string {
  const byTest = new Map<string, Finding[]>();
  for (const finding of findings) {
    byTest.set(finding.key, [...(byTest.get(finding.key) ?? []), finding]);
  }
  const byFile = new Map<string, TestRecord[]>();
  for (const test of run.tests) {
    const list = byFile.get(test.file);
    if (list === undefined) byFile.set(test.file, [test]);
    else list.push(test);
  }
  const failed = (tests: readonly TestRecord[]): number =>
    tests.filter((test) =>
      byTest.get(recordKey(test))?.some(({ isFailure }) => isFailure),
    ).length;
  const totals = `tests="${run.tests.length}" failures="${failed(run.tests)}" errors="0"`;
  const suites = [...byFile].map(([file, tests]) =>
    [
      `  <testsuite name="${escaped(file)}" tests="${tests.length}" failures="${failed(tests)}" errors="0" skipped="${tests.filter(isSkipped).length}" timestamp="${escaped(run.startedAt)}" time="${seconds(tests)}">`,
      ...tests.map((test) => caseOf(test, byTest.get(recordKey(test)) ?? [])),
      '  </testsuite>',
    ].join('\n'),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="highwater" ${totals} time="${(run.durationMs / 1_000).toFixed(3)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(test: TestRecord, findings: readonly Finding[]): string {
  const time = ((test.measured?.durationMs ?? 0) / 1_000).toFixed(3);
  const open = `    <testcase name="${escaped(titleOf(test))}" classname="${escaped(test.file)}" file="${escaped(test.file)}"${
    test.line === undefined ? '' : ` line="${test.line}"`
  } time="${time}"`;
  const failures = findings.filter(({ isFailure }) => isFailure);
  const children = [
    ...failures.map(failure),
    ...(isSkipped(test) && failures.length === 0 ? ['      <skipped/>'] : []),
  ];
  return children.length === 0
    ? `${open}/>`
    : [`${open}>`, ...children, '    </testcase>'].join('\n');
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
