// Keeps the samples in the documentation true. A marked block is either code taken from
// an example (some of its tests, a `// #region measure`, or all of it) or what a real run
// printed, all of it or only the first line and what is held by what. What a program
// printed is compared without its numbers: they are the machine's.
//
//   <!-- sample: code examples/vitest-basic/test/csv.test.ts "holds one row at a time" -->
//   <!-- sample: code examples/vitest-basic/test/measure.test.ts measure -->
//   <!-- sample: output vitest examples/vitest-basic failing/csv.test.ts "holds one row at a time" -->
//   <!-- sample: excerpt vitest examples/ten-leaks failing/ten-leaks.test.ts "a list of numbers" -->
//   <!-- sample: printed examples/vitest-basic/resident/lazy.mjs -->
//   ...a fenced block, written by this tool...
//   <!-- /sample -->
//
//   node test/tools/docs-samples.mjs   writes what is out of date anew

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const BLOCK = /(<!-- sample: (.+?) -->\n)([\s\S]*?)(<!-- \/sample -->)/g;

/** Every Markdown file that a reader of the repository meets, relative to its root. */
export function documents() {
  const inFolder = (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  return [...inFolder('.'), ...inFolder('docs')];
}

function readText(path) {
  return readFileSync(join(root, path), 'utf8');
}

/** The marked blocks of one document. */
export function samplesOf(document) {
  const text = readText(document);
  return [...text.matchAll(BLOCK)].map(([, , source, content]) => ({ source, content }));
}

/** What belongs into a block: a fenced block with a final newline. */
export function render(source) {
  const [, kind, rest] = /^(\w+) (.*)$/.exec(source) ?? [];
  if (kind === 'code') return renderCode(rest);
  if (kind === 'output') return fenced('text', failureOf(rest));
  if (kind === 'excerpt') return fenced('text', excerptOf(failureOf(rest)));
  if (kind === 'printed') return fenced('text', printedBy(rest));
  throw new Error(`A sample is code, output, an excerpt or printed: ${source}`);
}

/** Whether two blocks say the same, apart from what changes from run to run and from Node to Node. */
export function isSame(source, written, rendered) {
  if (source.startsWith('code ')) return written === rendered;
  if (source.startsWith('printed ')) {
    const words = (text) => text.replace(/\d[\d.,]* (?:[kMG]?B|%)/g, '#');
    return words(written) === words(rendered);
  }
  const nodeMajor = /Node (\d+)\./.exec(written)?.[1];
  const sameNode = nodeMajor === process.versions.node.split('.')[0];
  const essence = (text) =>
    sameNode ? steady(text) : steady(text).replace(/\d[\d.,]*/g, '#');
  return essence(written) === essence(rendered);
}

function renderCode(rest) {
  const [, file, what = ''] = /^(\S+) ?(.*)$/.exec(rest) ?? [];
  const titles = [...what.matchAll(/"(.*?)"/g)].map(([, title]) => title);
  const body =
    titles.length > 0
      ? titles.map((title) => testOf(file, title)).join('\n\n')
      : what === ''
        ? readText(file).trimEnd()
        : regionOf(file, what);
  const indent = /^ */.exec(body)?.[0].length ?? 0;
  const lines = body.split('\n').map((line) => line.slice(indent));
  return fenced(extname(file).slice(1), lines.join('\n'));
}

function testOf(file, title) {
  const test = new RegExp(
    `^( *)it\\('${escapeRegExp(title)}', [\\s\\S]*?\\n\\1}\\);$`,
    'm',
  );
  const [body] = test.exec(readText(file)) ?? [];
  if (body === undefined) throw new Error(`${file} has no test "${title}".`);
  return body;
}

function regionOf(file, region) {
  const between = new RegExp(`// #region ${region}\\n([\\s\\S]*?)\\n *// #endregion`);
  const [, body] = between.exec(readText(file)) ?? [];
  if (body === undefined) throw new Error(`${file} has no region ${region}.`);
  return body;
}

const BINARIES = { vitest: 'vitest.mjs', jest: 'bin/jest.js' };

const RUNS = {
  vitest: (file, title) => ['run', file, '-t', `^${title}$`, '--reporter=default'],
  jest: (file, title) => [file, '-t', `^${title}$`],
};

/** From the line that names the test to the end of its code frame. */
const FAILURES = {
  vitest: / FAIL {2}[\s\S]*?(?=\n\n?⎯)/,
  jest: / {2}● [\s\S]*?(?=\n\n {6}at )/,
};

/** What the runner printed about a test that fails. */
function failureOf(rest) {
  const [, runner, folder, file, title] = /^(\w+) (\S+) (\S+) "(.*)"$/.exec(rest) ?? [];
  const cwd = join(root, folder);
  const home = dirname(
    createRequire(join(cwd, 'package.json')).resolve(`${runner}/package.json`),
  );
  const { FORCE_COLOR: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(home, BINARIES[runner]), ...RUNS[runner](file, escapeRegExp(title))],
    { cwd, encoding: 'utf8', env: { ...env, NO_COLOR: '1' }, timeout: 120_000 },
  );
  const [failure] = FAILURES[runner].exec(`${stdout}\n${stderr}`) ?? [];
  if (failure === undefined) {
    throw new Error(`No failure of "${title}" in:\n${stdout}\n${stderr}`);
  }
  return failure.trimEnd();
}

/** What a program of its own printed. */
function printedBy(file) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', join(root, file)],
    { encoding: 'utf8', timeout: 60_000 },
  );
  if (status !== 0) throw new Error(`${file} failed:\n${stderr}`);
  return stdout.trimEnd();
}

function excerptOf(failure) {
  const [, headline] = /(Expected .*)/.exec(failure) ?? [];
  const [held] = / {2}(?:held by|left open):\n[\s\S]*?(?=\n\n)/.exec(failure) ?? [];
  if (held === undefined) throw new Error(`Nothing is held in:\n${failure}`);
  return `${headline}\n\n${held}`;
}

/** Without durations, what follows from them (the number of calls), and line breaks. */
function steady(text) {
  return text
    .replace(/\s+/g, ' ')
    .replace(/Node [\d.]*\d/g, 'Node #')
    .replace(/in [\d,]+ ms/g, 'in # ms')
    .replace(/Observed .*? warm-up calls?/g, 'Observed #')
    .replace(/[\d,]+ calls left .*? (?:on the heap|behind)/g, '# calls left #')
    .replace(/\[\d+\]|with [\d,]+ entries|\.\.\. [\d,]+ more/g, '#');
}

function fenced(language, text) {
  return `\n\`\`\`${language}\n${text}\n\`\`\`\n\n`;
}

function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function writeAll() {
  for (const document of documents()) {
    const text = readText(document);
    const fresh = text.replace(BLOCK, (block, open, source, written, close) => {
      const rendered = render(source);
      return isSame(source, written, rendered) ? block : open + rendered + close;
    });
    if (fresh === text) continue;
    writeFileSync(join(root, document), fresh);
    console.log(`${document}: samples written`);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeAll();
}
