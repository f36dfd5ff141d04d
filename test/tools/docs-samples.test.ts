import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documents, isSame, render, samplesOf } from './docs-samples.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe.each([...documents()])('%s', (document) => {
  it('links to files that exist', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map(([, target = '']) => join(dirname(document), target))
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it('links to headings that exist', () => {
    const links = [...read(document).matchAll(/\]\(([^):#]*)#([^)]*)\)/g)];
    const missing = links
      .map(([, target = '', heading = '']) => ({
        path: target === '' ? document : join(dirname(document), target),
        heading,
      }))
      .filter(({ path, heading }) => !anchorsOf(read(path)).includes(heading));
    expect(missing).toEqual([]);
  });

  // A leak verdict needs time, which a loaded machine may not give at once.
  it('shows samples that are true', { timeout: 240_000, retry: 2 }, () => {
    const outdated = samplesOf(document)
      .map((sample) => ({ ...sample, rendered: render(sample.source) }))
      .filter(({ source, content, rendered }) => !isSame(source, content, rendered));
    // Write them anew: node test/tools/docs-samples.mjs
    expect(outdated).toEqual([]);
  });
});

describe('docs/matchers.md', () => {
  const text = read('docs/matchers.md');

  it('explains every error', () => {
    const [, union = ''] =
      /export type ErrorCode =([^;]*);/.exec(
        read('packages/core/src/errors/highwater-error.ts'),
      ) ?? [];
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it('explains every option', () => {
    const types = ['types.ts', 'types/run.ts', 'types/leaks.ts', 'types/retainers.ts']
      .concat('matchers.ts', 'matchers/common.ts', 'baseline/options.ts')
      .map((file) => read(`packages/core/src/${file}`))
      .join('');
    const options = [
      ...types.matchAll(
        /export interface (?:(?:Run|Measure|Leak|Report|Collectable|CollectableMatcher|Baseline)Options|BaselineDefaults)[^{]*\{([^}]*)\}/g,
      ),
    ].flatMap(([, body = '']) =>
      [...body.matchAll(/readonly (\w+)\?:/g)].map(([, option]) => option),
    );
    expect(options.length).toBeGreaterThan(15);
    expect(options.filter((option) => !text.includes(`| \`${option}\``))).toEqual([]);
  });

  it('explains every matcher', () => {
    const [, body = ''] =
      /export interface MemoryAssertions[^{]*\{([^}]*)\}/.exec(
        read('packages/core/src/matchers.ts'),
      ) ?? [];
    const names = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !text.includes(`### ${name}`))).toEqual([]);
  });
});

/** What GitHub makes of headings. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
