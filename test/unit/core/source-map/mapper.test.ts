import { describe, expect, it, vi } from 'vitest';

import { filePathOf } from '../../../../packages/core/src/file-path.js';
import {
  createSourceMapper,
  keepPositions,
  type ScriptPosition,
  type SourcePosition,
} from '../../../../packages/core/src/source-map.js';

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
