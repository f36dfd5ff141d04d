// A measurement with callsites, and the text of a budget that it does not keep.

import { expect } from 'vitest';
import { judgeBudget } from '../../../../packages/core/src/budget.js';
import { formatBudget } from '../../../../packages/core/src/format/budget-text.js';
import type { Paint } from '../../../../packages/core/src/format/style.js';
import { spread } from '../../../../packages/core/src/stats.js';
import type {
  Callsite,
  Frame,
  LedgerName,
  Metric,
  PartialMeasurement,
} from '../../../../packages/core/src/types.js';
import { frame, parse, root, testBody, tokenize } from './frames.js';

export function callsite(
  allocatedBytes: number,
  allocatedCount: number,
  ...frames: Frame[]
): Callsite {
  return { frames, allocatedBytes, allocatedCount };
}

const callsites: readonly Callsite[] = [
  callsite(4_000_000, 50_204, tokenize, parse, testBody),
  callsite(
    810_000,
    11_000,
    tokenize,
    tokenize,
    frame('peek', 'src/parser.ts', 40),
    testBody,
  ),
  callsite(
    1_730_000,
    900,
    frame('clone', 'node_modules/deep-copy-of-everything/lib/internal/clone.js', 1204),
    frame('walk', 'node_modules/deep-copy-of-everything/lib/internal/walk.js', 7),
    parse,
    testBody,
  ),
  callsite(700_000, 40, frame('Parser.finish', 'src/parser.ts', 230), parse, testBody),
  ...Array.from({ length: 12 }, (_, index) =>
    callsite(
      5_000,
      10,
      frame(`helper${String(index)}`, 'src/helpers.ts', 10 + index),
      parse,
    ),
  ),
];

export function measurementOf(partial: Partial<PartialMeasurement>): PartialMeasurement {
  return {
    tier: 'baseline',
    ledger: 'total',
    kind: 'sync',
    warmup: 10,
    iterations: 3,
    rounds: 5,
    nodeVersion: 'v20.20.2',
    durationMs: 12,
    rss: { startBytes: 90_000_000, peakBytes: 98_500_000, endBytes: 91_000_000 },
    gc: { minorCount: 6, majorCount: 1, pauseMs: 3.217 },
    heap: { allocatedBytes: 7_310_000, allocatedCount: 62_264 },
    native: { allocatedBytes: undefined },
    spread: {
      allocatedBytes: spread([7_310_000, 7_310_000, 7_310_012, 7_310_000, 7_310_000]),
      allocatedCount: spread([62_264, 62_264, 62_264, 62_264, 62_264]),
    },
    callsites,
    ...partial,
  };
}

interface Ask {
  readonly metric?: Metric;
  readonly limit: number;
  readonly ledger?: LedgerName;
  readonly measurement?: PartialMeasurement;
  readonly name?: string;
  readonly negated?: boolean;
  readonly verbose?: boolean;
  readonly paint?: Paint;
}

export function budgetText({
  metric,
  limit,
  ledger,
  measurement,
  ...options
}: Ask): string {
  const measured = measurement ?? measurementOf({});
  const verdict = judgeBudget({
    metric: metric ?? 'allocatedBytes',
    limit,
    measurement: measured,
    ledger: ledger ?? 'total',
  });
  expect(verdict.pass).toBe(options.negated ?? false);
  return `\n${formatBudget(verdict, measured, { root, ...options })}\n`;
}
