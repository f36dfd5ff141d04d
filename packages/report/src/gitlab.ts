// GitLab's code quality report: shown in the merge request, at the line of the test.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format

import { fingerprintOf } from './fingerprint.js';
import type { Finding, GateResult } from './gate.js';
import { kindWords, nameOf, sentencesOf, siteOf } from './words.js';

/**
 * A JSON document: a list of what fails the gate, and of what is worth knowing.
 *
 * @param prefix of the paths, a project below the root of its repository, with a `/` at the end
 */
export function formatGitlab({ findings }: GateResult, prefix = ''): string {
  const issues = findings
    .filter(({ direction }) => direction !== 'better')
    .map((finding) => ({
      description: `${nameOf(finding)}: ${kindWords(finding)}: ${sentencesOf(finding).join('; ')}`,
      check_name: `highwater-${finding.kind}`,
      fingerprint: fingerprintOf(finding),
      severity: severityOf(finding),
      location: {
        path: prefix + siteOf(finding).file,
        lines: { begin: Math.max(1, siteOf(finding).line ?? 1) },
      },
    }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}

function severityOf({ kind, isFailure }: Finding): string {
  if (!isFailure) return 'info';
  return kind === 'limit' || kind === 'file-limit' ? 'critical' : 'major';
}
