// Functions of all kinds, and the lines where the mapper finds those that V8's profiler saw.

import { type HeapProfiler, Session } from 'node:inspector';

import { expect } from 'vitest';

import {
  mapToSource,
  type ScriptPosition,
  type SourcePosition,
} from '../../../../packages/core/src/source-map.js';

/** Where V8's profiler says that the functions start which allocate in `run`. */
function profile(run: () => unknown): readonly ScriptPosition[] {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', {
    samplingInterval: 1,
    ...{ includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true },
  });
  run();
  const positions: ScriptPosition[] = [];
  const visit = ({ callFrame, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    positions.push({
      scriptId: Number(callFrame.scriptId),
      scriptName: callFrame.url,
      functionName: callFrame.functionName,
      line: callFrame.lineNumber + 1,
      column: callFrame.columnNumber + 1,
    });
    for (const child of children) visit(child);
  };
  session.post('HeapProfiler.stopSampling', (_, result) => visit(result.profile.head));
  session.disconnect();
  return positions;
}

/** `line name` of every function of `file` that the mapper finds. */
export function mappedLines(run: () => unknown, file: string): readonly string[] {
  const positions = profile(run);
  const mapped = mapToSource(positions);
  return positions
    .map((position, index) => ({ position, at: mapped[index] as SourcePosition }))
    .filter(({ at }) => at.file === file)
    .map(({ position, at }) => `${String(at.line)} ${position.functionName}`);
}

// The kinds of functions there are, in TypeScript, so that every tool has something to
// move. A function that allocates has its name in a comment on the line where it starts.
export const SOURCE = `
interface Point { readonly x: number }

enum Color { Red, Green }

type Unused = Point | undefined;

export function declared(x: number): Point[] { // declared
  const points: Point[] = [];
  points.push({ x });
  return points;
}

export const arrow = (x: number): Point => ({ x }); // arrow

function callBoth(
  one: () => unknown,
  other: () => unknown,
): unknown { return [one(), other()]; }

export class Shape<T extends Point> {
  readonly made = [Color.Red];

  constructor(readonly point: T) { // Shape
    this.made = [1, 2];
  }

  method(): Point[] { // method
    return [this.point];
  }

  get getter(): object { // get getter
    return { v: this.made };
  }

  static create(x: number): object { // create
    return { shape: x };
  }

  *generator(): Generator<object> { // generator
    yield { x: this.point.x };
  }
}

export const object = {
  short(x: number): object { return { x }; }, // short
  named: function namedExpression(x: number): object { // namedExpression
    return [x];
  },
};

export async function later(x: number): Promise<object> { // later
  return { x };
}

export function run(): void { // run
  declared(1);
  arrow(1);
  const shape = new Shape({ x: 1 });
  shape.method();
  void shape.getter;
  Shape.create(1);
  [...shape.generator()];
  object.short(1);
  object.named(1);
  void later(1);
  callBoth(
    () => [1], // anonymous one
    () => { return [{ x: 1 }]; }, // anonymous two
  );
}
`;

function markedLines(source: string): readonly string[] {
  return source
    .split('\n')
    .flatMap((line, index) => {
      const name = /\/\/ (?!anonymous)([\w ]+)$/.exec(line)?.[1];
      return name === undefined ? [] : [`${String(index + 1)} ${name}`];
    })
    .sort();
}

export function lineOf(source: string, marker: string): number {
  return source.split('\n').findIndex((line) => line.endsWith(`// ${marker}`)) + 1;
}

export function expectMarkedLines(lines: readonly string[], source: string): void {
  expect(lines).toEqual(expect.arrayContaining([...markedLines(source)]));
  const anonymous = lines.filter((line) => !markedLines(source).includes(line));
  for (const marker of ['anonymous one', 'anonymous two']) {
    expect(anonymous.map((line) => parseInt(line, 10))).toContain(lineOf(source, marker));
  }
}
