// Workflow commands: GitHub shows them at the line of the test, in the diff of the pull request.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

import type { Finding, GateResult } from './gate.js';
import { uncheckedByReason } from './unchecked.js';
import {
  countedSubjects,
  kindWords,
  nameOf,
  printable,
  sentencesOf,
  siteOf,
  sitesOf,
  uncomparedFiles,
} from './words.js';

/** GitHub shows ten of a kind for a step; the rest is in the summary. */
const MOST = 10;
const MOST_SITES = 5;

/**
 * A command for each finding, failures first.
 *
 * @param prefix of the paths: a project below the root of its repository, with a `/` at the end
 */
export function githubAnnotations(result: GateResult, prefix = ''): readonly string[] {
  const of = (isFailure: boolean): readonly Finding[] =>
    result.findings.filter((finding) => finding.isFailure === isFailure).slice(0, MOST);
  return [
    ...(result.run.faults ?? []).map(
      (text) => `::error title=highwater::${data(printable(text))}`,
    ),
    ...of(true).map((finding) => command('error', finding, prefix)),
    ...of(false).map((finding) =>
      command(finding.direction === 'unknown' ? 'warning' : 'notice', finding, prefix),
    ),
    ...[
      ...uncheckedByReason(result.unchecked, result.uncheckedFiles).map(
        ({ why, tests, files }) =>
          `Limits of ${countedSubjects(tests.length, files.length)} not checked: ${why}.`,
      ),
      ...uncomparedFiles(result.files),
      ...result.run.problems.slice(0, MOST),
    ].map((text) => `::warning title=highwater::${data(printable(text))}`),
  ];
}

function command(
  level: 'error' | 'warning' | 'notice',
  finding: Finding,
  prefix: string,
): string {
  const { file, line = 0 } = siteOf(finding);
  const properties = [
    `file=${property(prefix + file)}`,
    ...(line > 0 ? [`line=${line}`] : []),
    `title=${property(`Memory: ${kindWords(finding)}`)}`,
  ];
  const sites = sitesOf(finding)
    .slice(0, MOST_SITES)
    .map(({ bytes, difference, name, place }) =>
      `${difference ?? bytes}  ${name}  ${place}`.trim(),
    );
  const message = [nameOf(finding), ...sentencesOf(finding), ...sites].join('\n');
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

/** As the runner of GitHub decodes them. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
