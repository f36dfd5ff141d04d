import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createContext, Script } from 'node:vm';

import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { expectMarkedLines, mappedLines, SOURCE } from './functions.js';

const directory = mkdtempSync(join(tmpdir(), 'highwater-source-map-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

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
