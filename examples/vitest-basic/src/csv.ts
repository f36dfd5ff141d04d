// Reads rows of comma-separated values, all together or one after another.

/** Every row, in memory at the same time. */
export function parseRows(text: string): string[][] {
  return [...rowsOf(text)];
}

/** One row at a time; the previous one can be collected. */
export function* rowsOf(text: string): Generator<string[]> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, end).split(',');
    start = end + 1;
  }
}

/** The sum of one column. */
export function sumColumn(rows: Iterable<readonly string[]>, column: number): number {
  let sum = 0;
  for (const row of rows) sum += Number(row[column]);
  return sum;
}
