// What a run did to baselines, in the lines at its end.

import type { BaselineRun } from '../baseline/run-end.js';
import type { BaselineSummary } from '../baseline/session.js';
import { inProject } from '../run/keys.js';
import { type Paint, plainPaint } from './style.js';

const MOST_NAMES = 10;

/** Ready to print; empty when there is nothing to tell. Files are shown relative to `root`. */
export function formatBaselineRun(
  { summaries, obsoleteFiles, mode }: BaselineRun,
  root: string,
  paint: Paint = plainPaint,
): readonly string[] {
  const files = obsoleteFiles.map((file) => below(root, file));
  const isRemoved = mode === 'all';
  return [
    ...formatBaselineSummary(summaries, root, paint),
    ...told(
      files,
      isRemoved ? 'removed' : 'obsolete',
      isRemoved ? '' : ': remove it with -u',
      isRemoved ? paint.green : paint.red,
      true,
      'memory baseline file',
    ),
  ];
}

/** The same of single test files. */
export function formatBaselineSummary(
  summaries: readonly BaselineSummary[],
  root: string,
  paint: Paint = plainPaint,
): readonly string[] {
  const of = (kind: Kind): readonly string[] =>
    summaries.flatMap((summary) =>
      summary[kind].map((key) => {
        const file = inProject(summary.project, below(root, summary.testFile));
        return printable(`${file} > ${key}`);
      }),
    );
  const abandoned = (isRemoved: boolean): readonly string[] => {
    const names = summaries
      .filter(({ isAbandonedRemoved }) => isAbandonedRemoved === isRemoved)
      .flatMap(({ testFile, abandoned }) =>
        abandoned.map((name) => printable(`${below(root, testFile)} > ${name}`)),
      );
    return [...new Set(names)];
  };
  const environments = [...new Set(summaries.map(({ environment }) => environment))];
  return [
    ...told(of('written'), 'written', '', paint.green),
    ...told(of('updated'), 'updated', '', paint.green),
    ...told([...of('removed'), ...abandoned(true)], 'removed', '', paint.green),
    ...told(of('improved'), 'improved', ': record it with -u', paint.green, true),
    ...told(
      [...of('obsolete'), ...abandoned(false)],
      'obsolete',
      ': remove it with -u',
      paint.red,
      true,
    ),
    ...told(of('missing'), 'missing', ` for ${environments.join(', ')}`, paint.red, true),
  ];
}

type Kind = 'written' | 'updated' | 'removed' | 'improved' | 'obsolete' | 'missing';

function told(
  names: readonly string[],
  what: string,
  advice: string,
  colour: (text: string) => string,
  isListed = false,
  thing = 'memory baseline',
): readonly string[] {
  if (names.length === 0) return [];
  const count = names.length;
  const noun = `${thing}${count === 1 ? '' : 's'}`;
  const next = count === 1 ? advice : advice.replace(' it ', ' them ');
  const shown = isListed ? names.slice(0, MOST_NAMES) : [];
  const hidden = count - shown.length;
  return [
    colour(`${count} ${noun} ${what}${next}`),
    ...shown.map((name) => `  ${name}`),
    ...(isListed && hidden > 0 ? [`  ...and ${hidden} more`] : []),
  ];
}

function below(root: string, file: string): string {
  const base = root.replace(/\/$/, '');
  return file.startsWith(`${base}/`) ? file.slice(base.length + 1) : file;
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}
