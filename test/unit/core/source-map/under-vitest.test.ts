import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { mappedLines } from './functions.js';

describe('a test file under Vitest', () => {
  const self = fileURLToPath(import.meta.url);
  const text = readFileSync(self, 'utf8');

  interface Box<T> {
    readonly value: T;
  }
  // Above own boxed
  const boxed = <T>(value: T): Box<T> => ({ value });
  class Counter {
    readonly counts: readonly number[] = [1, 2, 3];

    // Above own snapshot
    snapshot(): Box<readonly number[]> {
      return { value: [...this.counts] };
    }

    // Above own get total
    get total(): Box<number> {
      return { value: this.counts.length };
    }
  }
  // Above own declared
  function declared(): unknown {
    return [boxed(1), new Counter().snapshot(), new Counter().total].map(
      // Above own anonymous
      (value) => ({ value }),
    );
  }

  it('maps to its own lines', () => {
    const lines = mappedLines(declared, self);
    for (const name of ['boxed', 'snapshot', 'get total', 'declared']) {
      expect(lines).toContain(`${String(lineBelow(`own ${name}`))} ${name}`);
    }
    expect(lines).toContain(`${String(lineBelow('own anonymous'))} `);
  });

  function lineBelow(marker: string): number {
    return text.split('\n').findIndex((line) => line.endsWith(`// Above ${marker}`)) + 2;
  }
});
