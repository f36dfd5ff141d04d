import type { Suite } from './suite.mjs';

/** What the table and the notes below it need. */
export type ReportedSuite = Pick<
  Suite,
  'name' | 'counts' | 'differentCounts' | 'cpu' | 'wall' | 'peakBytes' | 'lost'
> &
  Pick<Suite, 'claim' | 'gate'> & {
    readonly runs: {
      readonly tracked: readonly { readonly problems: readonly string[] }[];
    };
  };

export function formatSuites(suites: readonly ReportedSuite[]): string;
