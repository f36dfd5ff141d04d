import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lineOf, SOURCE } from './functions.js';

// Below the project, where the packages are that the bundle loads when it needs them.
const below = fileURLToPath(new URL('../../../../.e2e', import.meta.url));
mkdirSync(below, { recursive: true });
const directory = mkdtempSync(join(below, 'source-map-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('side effects on the process', () => {
  const bundle = join(directory, 'source-map.cjs');

  beforeAll(async () => {
    await build({
      entryPoints: [
        fileURLToPath(
          new URL('../../../../packages/core/src/source-map.ts', import.meta.url),
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
