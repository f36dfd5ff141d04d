import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type HeapProfiler, Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createContext, Script } from 'node:vm';

import { build, transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import {
  createSourceMapper,
  filePathOf,
  keepPositions,
  mapToSource,
  type ScriptPosition,
  type SourcePosition,
} from '../../../packages/core/src/source-map.js';

const directory = mkdtempSync(join(tmpdir(), 'highwater-source-map-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

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
function mappedLines(run: () => unknown, file: string): readonly string[] {
  const positions = profile(run);
  const mapped = mapToSource(positions);
  return positions
    .map((position, index) => ({ position, at: mapped[index] as SourcePosition }))
    .filter(({ at }) => at.file === file)
    .map(({ position, at }) => `${String(at.line)} ${position.functionName}`);
}

// The kinds of functions there are, in TypeScript, so that every tool has something to
// move. A function that allocates has its name in a comment on the line where it starts.
const SOURCE = `
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

function lineOf(source: string, marker: string): number {
  return source.split('\n').findIndex((line) => line.endsWith(`// ${marker}`)) + 1;
}

function expectMarkedLines(lines: readonly string[], source: string): void {
  expect(lines).toEqual(expect.arrayContaining([...markedLines(source)]));
  const anonymous = lines.filter((line) => !markedLines(source).includes(line));
  for (const marker of ['anonymous one', 'anonymous two']) {
    expect(anonymous.map((line) => parseInt(line, 10))).toContain(lineOf(source, marker));
  }
}

interface Loaded {
  run(): void;
}

/** Runs CommonJS text in a sandbox, the way Jest does. */
function load(code: string, filename: string): Loaded {
  const script = new Script(`(function (module) {${code}\n})`, { filename });
  return evaluate(script.runInContext(createContext({})));
}

function evaluate(wrapper: unknown): Loaded {
  const module = { exports: {} };
  (wrapper as (target: object) => void)(module);
  return module.exports as Loaded;
}

describe('a script with an inline map', () => {
  const original = join(directory, 'src/inline.ts');
  const transform = (minify: boolean): string =>
    transformSync(SOURCE, {
      loader: 'ts',
      format: 'cjs',
      target: 'es2022',
      sourcefile: original,
      sourcemap: 'inline',
      minifyWhitespace: minify,
    }).code;

  it('maps to the lines of the source', () => {
    const { run } = load(transform(false), original);
    expectMarkedLines(mappedLines(run, original), SOURCE);
  });

  it('maps when everything is on one line', () => {
    const prefix = '(function (module) {';
    // A wrapper on the line of the code is hidden by an offset, as Vitest does.
    const script = new Script(`${prefix}${transform(true)}\n})`, {
      filename: original,
      columnOffset: -prefix.length,
    });
    const { run } = evaluate(script.runInThisContext());
    expectMarkedLines(mappedLines(run, original), SOURCE);
  });

  it('maps when the data URL is not base64, and when it is large', () => {
    const marker = '//# sourceMappingURL=data:application/json;base64,';
    const [code = '', base64 = ''] = transform(false).split(marker);
    const map = JSON.parse(Buffer.from(base64, 'base64').toString()) as object;
    const large = JSON.stringify({ ...map, sourcesContent: ['x'.repeat(3_000_000)] });
    const { run } = load(
      `${code}//# sourceMappingURL=data:application/json,${encodeURIComponent(large)}`,
      original,
    );
    expectMarkedLines(mappedLines(run, original), SOURCE);
  });
});

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

describe('a script with its map in a file', () => {
  const dist = join(directory, 'dist');
  const original = join(directory, 'lib/beside.ts');

  beforeAll(() => {
    mkdirSync(dist, { recursive: true });
    for (const [format, extension] of [
      ['cjs', 'cjs'],
      ['esm', 'mjs'],
    ] as const) {
      const { code, map } = transformSync(SOURCE, {
        loader: 'ts',
        format,
        sourcefile: 'beside.ts',
        sourcemap: 'external',
        sourceRoot: '../lib/',
      });
      const name = `beside.${extension}`;
      writeFileSync(join(dist, name), `${code}//# sourceMappingURL=${name}.map\n`);
      writeFileSync(join(dist, `${name}.map`), map);
    }
  });

  it('maps CommonJS, relative to sourceRoot and the map', () => {
    const { run } = createRequire(import.meta.url)(join(dist, 'beside.cjs')) as Loaded;
    expectMarkedLines(mappedLines(run, original), SOURCE);
  });

  it('maps ESM', async () => {
    const { run } = (await import(
      /* @vite-ignore */ pathToFileURL(join(dist, 'beside.mjs')).href
    )) as Loaded;
    expectMarkedLines(mappedLines(run, original), SOURCE);
  });
});

describe('createSourceMapper', () => {
  const position: ScriptPosition = {
    scriptId: 7,
    scriptName: '/app/dist/a.js',
    functionName: 'f',
    line: 2,
    column: 5,
  };
  const generated: SourcePosition = { file: '/app/dist/a.js', line: 2, column: 5 };

  const mapperOf = (sourceMapUrl: string, files: Readonly<Record<string, string>> = {}) =>
    createSourceMapper({
      findMapReferences: () =>
        new Map([[7, { url: 'file:///app/dist/a.js', sourceMapUrl }]]),
      readText: (path) => {
        const text = files[path];
        if (text === undefined) throw new Error(`ENOENT: ${path}`);
        return text;
      },
    });
  const inline = (map: unknown): string =>
    `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  // Line 2, column 1 of the code is line 4, column 3 of the source.
  const plain = { version: 3, sources: ['../src/a.ts'], names: [], mappings: ';AAGE' };

  it('maps a section of a sectioned map', () => {
    const sections = [
      {
        offset: { line: 0, column: 0 },
        map: { ...plain, sources: ['../src/b.ts'], mappings: 'AAAA' },
      },
      { offset: { line: 1, column: 0 }, map: { ...plain, mappings: 'AAGE' } },
    ];
    expect(mapperOf(inline({ version: 3, sections }))([position])).toEqual([
      { file: '/app/src/a.ts', line: 4, column: 3 },
    ]);
  });

  it('reads a map behind a guard against inclusion', () => {
    const files = { '/app/dist/maps/a.map': `)]}'\n${JSON.stringify(plain)}` };
    expect(mapperOf('maps/a.map', files)([position])[0]?.file).toBe('/app/dist/src/a.ts');
  });

  it('keeps sources that are no files, and decodes those that are', () => {
    const fileOf = (source: string): string | undefined =>
      mapperOf(inline({ ...plain, sources: [source] }))([position])[0]?.file;
    expect(fileOf('webpack://app/./src/a.ts')).toBe('webpack://app/src/a.ts');
    expect(fileOf('file:///a%20b/c.ts')).toBe('/a b/c.ts');
    expect(fileOf('/abs/c.ts')).toBe('/abs/c.ts');
    expect(fileOf('../src/a.vue?vue&type=script')).toBe('/app/src/a.vue');
  });

  it.each([
    ['no JSON', `data:application/json;base64,${Buffer.from('{').toString('base64')}`],
    ['a map of something else', inline({ version: 3 })],
    ['nonsense for mappings', inline({ ...plain, mappings: '#!?' })],
    ['a malformed escape', 'data:application/json,%'],
    ['an empty data URL', 'data:'],
    ['a missing file', 'gone.js.map'],
    ['a map on the web', 'https://example.test/a.js.map'],
    ['no URL', 'http://['],
    ['an empty map', inline({ ...plain, mappings: '' })],
    ['a map without sources', inline({ ...plain, sources: [null] })],
  ])('falls back to the compiled position: %s', (_, sourceMapUrl) => {
    const [mapped] = mapperOf(sourceMapUrl)([position]);
    expect(mapped?.file).toBe(generated.file);
    expect(() =>
      mapperOf(sourceMapUrl)([{ ...position, scriptName: 'file://%' }]),
    ).not.toThrow();
  });

  it('gives no line to what the transpiler added under the name of the source', () => {
    const map = { ...plain, sources: ['a.js'], mappings: 'AAAA' };
    expect(mapperOf(inline(map))([position])).toEqual([
      { ...generated, line: 0, column: 0 },
    ]);
  });

  it('asks for the scripts it does not know, once', () => {
    const findMapReferences = vi.fn(() => new Map());
    const mapper = createSourceMapper({ findMapReferences, readText: () => '' });
    const builtin = { ...position, scriptId: 0, scriptName: '', line: 0, column: 0 };
    mapper([builtin]);
    expect(findMapReferences).not.toHaveBeenCalled();
    expect(mapper([position, builtin, position])).toEqual([
      generated,
      { file: '', line: 0, column: 0 },
      generated,
    ]);
    mapper([position]);
    expect(findMapReferences).toHaveBeenCalledExactlyOnceWith(new Set([7]));
  });
});

describe('keepPositions', () => {
  it('makes paths of URLs and nothing else', () => {
    expect(
      keepPositions([
        {
          scriptId: 1,
          scriptName: 'file:///a.js',
          functionName: '',
          line: 1,
          column: -190,
        },
      ]),
    ).toEqual([{ file: '/a.js', line: 1, column: 1 }]);
    expect(filePathOf('node:events')).toBe('node:events');
  });
});

describe('side effects on the process', () => {
  const bundle = join(directory, 'source-map.cjs');

  beforeAll(async () => {
    await build({
      entryPoints: [
        fileURLToPath(
          new URL('../../../packages/core/src/source-map.ts', import.meta.url),
        ),
      ],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
  });

  /** Runs a program that has `mapper` and `map()`, which uses it once; gives what it prints. */
  function runProgram(code: string, args: readonly string[] = [], env = {}): unknown {
    const program = `
      const inspector = require('node:inspector'), vm = require('node:vm');
      const mapper = require(${JSON.stringify(bundle)}).mapToSource;
      let line = 0;
      const map = () => mapper([{ scriptId: 1, scriptName: 'a', functionName: '', line: ++line, column: 1 }]);
      ${code}`;
    const file = join(directory, 'program.cjs');
    writeFileSync(file, program);
    const output = execFileSync(process.execPath, [...args, file], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      timeout: 20_000,
    });
    return JSON.parse(output) as unknown;
  }

  const COVERAGE = `
    const coverage = new inspector.Session();
    coverage.connect();
    coverage.post('Profiler.enable');
    coverage.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    const f = new vm.Script('(function f(x) { if (x) { return 1 } else { return 2 } })', { filename: '/f.js' }).runInThisContext();
    const take = () => {
      let counts;
      coverage.post('Profiler.takePreciseCoverage', (_, { result }) => {
        counts = result.find((script) => script.url.endsWith('/f.js')).functions[1].ranges.map((range) => range.count);
      });
      return counts;
    };`;

  it('leaves the block counters of somebody else’s coverage alone', () => {
    const code = `${COVERAGE}
      f(1); f(0); map(); f(1); f(1); map(); f(0);
      console.log(JSON.stringify(take()));`;
    expect(runProgram(code)).toEqual(runProgram(code.replaceAll('map();', '')));
  });

  it('stops for no debugger statement, coverage or not', () => {
    expect(
      runProgram(`map(); debugger; ${COVERAGE} map(); debugger; console.log(1)`),
    ).toBe(1);
  });

  it('keeps the breakpoints of a debugger', () => {
    const code = `
      let hits = 0;
      const mine = new inspector.Session();
      mine.connect();
      mine.on('Debugger.paused', () => hits++);
      mine.post('Debugger.enable');
      mine.post('Debugger.setBreakpointByUrl', { url: '/g.js', lineNumber: 1 });
      const g = new vm.Script('(function g() {\\n return [1];\\n})', { filename: '/g.js' }).runInThisContext();
      mine.post('Debugger.setBreakpointByUrl', { urlRegex: 'g\\\\.js$', lineNumber: 1 });
      g(); map(); g(); map(); (() => { debugger; })();
      console.log(hits);`;
    expect(runProgram(code)).toBe(3);
  });

  it('costs no optimised code and leaves nothing on the heap', () => {
    const code = `
      const status = new Function('f', 'return %GetOptimizationStatus(f)');
      const hot = (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; };
      new Function('f', '%PrepareFunctionForOptimization(f); f(9); f(9); %OptimizeFunctionOnNextCall(f); f(9)')(hot);
      const before = status(hot);
      map();
      const after = status(hot);
      for (let i = 0; i < 10; i++) map();
      gc(); gc();
      const start = process.memoryUsage().heapUsed;
      for (let i = 0; i < 30; i++) map();
      gc(); gc();
      console.log(JSON.stringify([before === after, (process.memoryUsage().heapUsed - start) / 30]));`;
    const [same, bytes] = runProgram(code, ['--allow-natives-syntax', '--expose-gc']) as [
      boolean,
      number,
    ];
    expect(same).toBe(true);
    expect(bytes).toBeLessThan(8_000);
  });

  it('works in a worker', () => {
    const { code } = transformSync(SOURCE, {
      loader: 'ts',
      format: 'cjs',
      sourcemap: 'inline',
      sourcefile: '/app/worker.ts',
    });
    const script = join(directory, 'worker-code.cjs');
    writeFileSync(script, code);
    const worker = `
      const { parentPort } = require('node:worker_threads');
      const { Session } = require('node:inspector');
      const { run } = require(${JSON.stringify(script)});
      const mapper = require(${JSON.stringify(bundle)}).mapToSource;
      const session = new Session();
      session.connect();
      let id;
      session.on('Debugger.scriptParsed', ({ params }) => { if (params.url.endsWith('worker-code.cjs')) id = Number(params.scriptId); });
      session.post('Debugger.enable');
      session.disconnect();
      const generated = require('node:fs').readFileSync(${JSON.stringify(script)}, 'utf8').split('\\n');
      const line = generated.findIndex((text) => text.startsWith('function declared(')) + 1;
      parentPort.postMessage(mapper([{ scriptId: id, scriptName: 'x', functionName: 'declared', line, column: 18 }]));`;
    expect(
      runProgram(`
        const { Worker } = require('node:worker_threads');
        new Worker(${JSON.stringify(worker)}, { eval: true })
          .on('message', (answer) => console.log(JSON.stringify(answer)));`),
    ).toMatchObject([{ file: '/app/worker.ts', line: lineOf(SOURCE, 'declared') }]);
  });

  it('gives compiled positions where the inspector is forbidden', () => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    expect(
      runProgram('console.log(JSON.stringify(map()))', [
        permission,
        '--allow-fs-read=*',
        '--no-warnings',
      ]),
    ).toEqual([{ file: 'a', line: 1, column: 1 }]);
  });
});
