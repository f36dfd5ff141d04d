// SARIF 2.1.0, which GitHub's code scanning and editors read.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

import { VERSION } from '@highwater/core';
import { fingerprintOf } from './fingerprint.js';
import type { Finding, GateResult } from './gate.js';
import { kindWords, nameOf, printable, sentencesOf, siteOf } from './words.js';

const RULES = [
  { id: 'limit', text: 'A test takes more memory than its limit allows.' },
  { id: 'baseline', text: 'A test costs more memory than its committed baseline.' },
  {
    id: 'change',
    text: 'A test costs more memory than it did in the run it is compared with.',
  },
  {
    id: 'file-limit',
    text: 'A test file leaves more memory behind in its worker than its limit allows.',
  },
  {
    id: 'left-behind',
    text: 'A test file leaves more memory behind than in the run it is compared with.',
  },
] as const satisfies readonly { readonly id: Finding['kind']; readonly text: string }[];

/**
 * A JSON document.
 *
 * @param prefix of the paths: a project below the root of its repository, with a `/` at the end
 */
export function formatSarif({ run, findings }: GateResult, prefix = ''): string {
  const results = findings
    .filter(({ direction }) => direction !== 'better')
    .map((finding) => ({
      ruleId: finding.kind,
      ruleIndex: RULES.findIndex(({ id }) => id === finding.kind),
      level: finding.isFailure ? 'error' : 'note',
      message: {
        text: `${nameOf(finding)}: ${kindWords(finding)}: ${sentencesOf(finding).join('; ').replace(/\.$/, '')}.`,
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: {
              uri: uriOf(prefix + siteOf(finding).file),
              uriBaseId: '%SRCROOT%',
            },
            region: { startLine: Math.max(1, siteOf(finding).line ?? 1) },
          },
        },
      ],
      partialFingerprints: { 'highwater/v1': fingerprintOf(finding) },
    }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'highwater',
            semanticVersion: VERSION,
            rules: RULES.map(({ id, text }) => ({ id, shortDescription: { text } })),
          },
        },
        ...(run.faults !== undefined && {
          invocations: [
            {
              executionSuccessful: false,
              toolExecutionNotifications: run.faults.map((text) => ({
                level: 'error',
                message: { text },
              })),
            },
          ],
        }),
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** A relative reference: what a URI gives a meaning to is written as what it is. */
function uriOf(file: string): string {
  return printable(file).split('/').map(encodeURIComponent).join('/');
}
