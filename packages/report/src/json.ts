// Verdicts and comparisons as data, for other people's tools.

import { recordKey, type TestRecord } from '@highwater/core';
import type { RunComparison, TestChange } from './compare-runs.js';
import type { Finding, GateResult } from './gate.js';
import { whyUnchecked } from './unchecked.js';
import { sentencesOf, siteOf, uncomparedFiles } from './words.js';

/** A JSON document. `version` is raised when an old reader would misread it. */
export function formatJson(result: GateResult): string {
  const {
    isPassed,
    findings,
    judged,
    comparison,
    files,
    unchecked,
    uncheckedFiles,
    run,
  } = result;
  const document = {
    version: 1,
    passed: isPassed,
    judged,
    findings: findings.map((finding) => ({
      kind: finding.kind,
      direction: finding.direction,
      isFailure: finding.isFailure,
      ...('test' in finding ? { test: finding.key } : {}),
      ...placeOf(finding),
      text: sentencesOf(finding),
      ...detailsOf(finding),
    })),
    added: comparison?.added.length ?? 0,
    removed: comparison?.removed.length ?? 0,
    unjudged: comparison?.unjudged.length ?? 0,
    unchecked: [
      ...unchecked.map((test) => ({
        test: recordKey(test),
        ...ofProject(test),
        file: test.file,
        limits: test.limitsUnchecked,
        why: whyUnchecked(test),
      })),
      ...uncheckedFiles.map((record) => ({
        ...ofProject(record),
        file: record.file,
        limits: record.limitsUnchecked,
        why: whyUnchecked(record),
      })),
    ],
    filesNotCompared: {
      files: files?.unjudged.map(({ file }) => file) ?? [],
      why: uncomparedFiles(files),
    },
    problems: run.problems,
    ...(run.faults === undefined ? {} : { faults: run.faults }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A JSON document: every test that both runs have, and the keys of the others. */
export function formatComparisonJson({
  changes,
  added,
  removed,
  unjudged,
}: RunComparison): string {
  const keys = (tests: readonly TestRecord[]): readonly string[] => tests.map(recordKey);
  const document = {
    version: 1,
    changes: changes.map(
      ({
        key,
        test,
        movedFrom,
        wasInProject,
        wasCalled,
        verdict,
        isRandom,
        isUnclear,
        metrics,
        callsites,
      }) => ({
        test: key,
        ...ofProject(test),
        file: test.file,
        ...(test.line === undefined ? {} : { line: test.line }),
        ...(movedFrom === undefined ? {} : { movedFrom }),
        ...(wasInProject === undefined ? {} : { wasInProject }),
        ...(wasCalled === undefined ? {} : { wasCalled }),
        verdict,
        ...unlessSteady({ isRandom, isUnclear }),
        metrics,
        callsites,
      }),
    ),
    added: keys(added),
    removed: keys(removed),
    unjudged: keys(unjudged),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function unlessSteady({ isRandom, isUnclear }: Steadiness): Partial<Steadiness> {
  return isRandom ? { isRandom, isUnclear } : {};
}

type Steadiness = Pick<TestChange, 'isRandom' | 'isUnclear'>;

function placeOf(finding: Finding): object {
  const { file, line } = siteOf(finding);
  const project = ofProject('test' in finding ? finding.test : finding.record);
  return line === undefined ? { ...project, file } : { ...project, file, line };
}

function ofProject({ project }: Pick<TestRecord, 'project'>): {
  readonly project?: string;
} {
  return project === undefined ? {} : { project };
}

function detailsOf(finding: Finding): object {
  switch (finding.kind) {
    case 'limit':
      return { limit: finding.limit };
    case 'baseline':
      return { baseline: finding.outcome };
    case 'file-limit': {
      const { classes, heldBy } = finding.record;
      return { limit: finding.limit, classes, heldBy };
    }
    case 'left-behind': {
      const { file: _, verdict: __, ...numbers } = finding.change;
      return { leftBehind: numbers };
    }
    case 'change': {
      const { isRandom, isUnclear, metrics, callsites } = finding.change;
      return { ...unlessSteady({ isRandom, isUnclear }), metrics, callsites };
    }
  }
}
