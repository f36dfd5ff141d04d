// Puts text on lines: aligned columns and wrapped sentences.

import { columnsOf, padEnd, padStart } from './columns.js';

/** One cell of a table. Painted after it was padded: colour codes have no width. */
export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  readonly paint?: (text: string) => string;
}

/** Between two columns. */
export const GAP = '  ';

/** Rows with every column as wide as its widest cell. Short rows leave the rest empty. */
export function alignColumns(
  rows: readonly (readonly Cell[])[],
  indent: string,
): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) => {
    const last = row.length - 1;
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      // Nothing follows the last cell, so padding would only be trailing blanks.
      const padded =
        cell.align === 'right'
          ? padStart(cell.text, width)
          : column === last
            ? cell.text
            : padEnd(cell.text, width);
      return cell.paint === undefined ? padded : cell.paint(padded);
    });
    return indent + cells.join(GAP);
  });
}

/** Columns that a set of cells takes, gaps included. */
export function widthOf(rows: readonly (readonly Cell[])[]): number {
  return columnWidths(rows).reduce((sum, width) => sum + width + GAP.length, 0);
}

function columnWidths(rows: readonly (readonly Cell[])[]): readonly number[] {
  const widths: number[] = [];
  const most = Math.max(0, ...rows.map(({ length }) => length));
  for (const row of rows) {
    row.forEach((cell, column) => {
      // With nothing right of it a cell may reach into the next columns.
      const isFree = column === row.length - 1 && row.length < most;
      if (isFree && cell.align !== 'right') return;
      widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell.text));
    });
  }
  return widths;
}

/** Breaks a sentence between words; later lines are indented by `indent` plus `hang`. */
export function wrap(text: string, width: number, indent: string, hang = ''): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of keepTogether(text)) {
    const isFirst = line.trim() === '';
    if (!isFirst && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = indent + hang + word;
    } else {
      line += isFirst ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

// A number stays with its unit, and code such as `toNotLeak({ allow: '16 B' })` is one word.
function keepTogether(text: string): readonly string[] {
  return (
    text.match(/(?:[\w.]+\((?:[^()]*)\)\S*|\d[\d.,]* (?:[kMGTP]?B|%)\S*|\S+)/g) ?? []
  );
}
