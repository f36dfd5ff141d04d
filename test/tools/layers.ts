// Who may import whom. `test/layers.test.ts` runs this over the repository and
// over small wrong trees.

/** Repository-relative path -> text. */
export type Tree = ReadonlyMap<string, string>;

/** One sentence for each import that breaks the house. */
export type Violation = string;

/**
 * Inside packages/core/src: a file imports only from rungs above its own line,
 * never from its own rung. A name stands for `<name>.ts` and for everything in
 * `<name>/`; files of one such folder may import each other, without a cycle.
 */
export const CORE_RUNGS: readonly (readonly string[])[] = [
  [
    'types',
    'version',
    'report-state',
    'alive',
    'first-world',
    'folder',
    'file-path',
    'unique-name',
    'appender',
    'terminal',
  ],
  ['errors', 'own-file'],
  ['on-demand', 'bytes', 'stats', 'awaited', 'schema-fields', 'progress'],
  ['native', 'precise-coverage'],
  ['gc', 'tier', 'source-map', 'source-line', 'process-memory'],
  ['callsites'],
  ['children'],
  ['measure'],
  ['heap'],
  ['leaks', 'collectable'],
  ['budget', 'compare'],
  ['baseline'],
  ['run'],
  ['format'],
  ['matchers'],
  ['tracking'],
  ['index'],
];

/**
 * Inside native/src, the same. `track` and `heap` see the standard library only; `v8` reads what it
 * copies into `heap`. `addon` is addon.cc and addon/.
 */
export const NATIVE_RUNGS: readonly (readonly string[])[] = [
  ['track', 'heap'],
  ['linux', 'v8'],
  ['session'],
  ['addon'],
];

/** The bare imports of each package; a type-only import counts like any other. */
export const PACKAGE_IMPORTS: Readonly<Record<string, readonly RegExp[]>> = {
  core: [
    /^node:/,
    /^@highwater\/native$/,
    /^@jridgewell\/trace-mapping$/,
    /^pretty-bytes$/,
    /^get-east-asian-width$/,
    /^picomatch$/,
    /^valibot$/,
    /^@humanwhocodes\/momoa$/,
    /^diff$/,
  ],
  // A finished run in, text out: no file, no process, no clock.
  report: [/^@highwater\/core$/],
  cli: [/^node:/, /^@highwater\/(core|report)$/, /^commander$/],
  vitest: [/^node:/, /^@highwater\/(core|report)$/, /^vitest(\/|$)/, /^vite$/],
  jest: [
    /^node:/,
    /^@highwater\/(core|report)$/,
    /^@jest\/(globals|expect)$/,
    /^expect$/,
  ],
};

const TS_FILE = /^packages\/([^/]+)\/src\/(.+)\.ts$/;
const CPP_FILE = /^native\/src\/(.+)\.(cc|h)$/;

/** Everything wrong with a tree, in the order of its paths. */
export function findViolations(tree: Tree): readonly Violation[] {
  const violations: Violation[] = [];
  for (const path of [...tree.keys()].sort()) {
    const text = tree.get(path) ?? '';
    if (TS_FILE.test(path)) violations.push(...checkTypeScript(path, text));
    else if (CPP_FILE.test(path)) violations.push(...checkCpp(path, text, tree));
  }
  return [...violations, ...findCycles(tree)];
}

function checkTypeScript(path: string, text: string): readonly Violation[] {
  const [, packageName = '', file = ''] = TS_FILE.exec(path) ?? [];
  const allowed = PACKAGE_IMPORTS[packageName];
  if (allowed === undefined) {
    return [
      `${path}: the package '${packageName}' is not in the house. Add it to PACKAGE_IMPORTS in test/tools/layers.ts.`,
    ];
  }
  const violations: Violation[] = [];
  const isCore = packageName === 'core';
  const rung = rungOf(CORE_RUNGS, file);
  if (isCore && rung === undefined) {
    violations.push(
      `${path}: '${topOf(file)}' has no place in the house. Add it to CORE_RUNGS in test/tools/layers.ts.`,
    );
  }
  for (const specifier of importsOf(text)) {
    if (!specifier.startsWith('.')) {
      if (!allowed.some((pattern) => pattern.test(specifier))) {
        violations.push(`${path}: ${packageName} must not import '${specifier}'.`);
      }
      continue;
    }
    const target = resolveImport(path, specifier);
    const [, targetPackage, targetFile = ''] = TS_FILE.exec(target) ?? [];
    if (targetPackage !== packageName) {
      violations.push(`${path}: '${specifier}' leaves the package.`);
    } else if (isCore) {
      violations.push(...checkRungs(CORE_RUNGS, path, file, targetFile, specifier));
    }
  }
  return violations;
}

/** Headers of Node and V8: the two worlds that only some files may know. */
const NAPI_HEADER = /^(napi|node_api|js_native_api)[\w-]*\.h$/;
const V8_HEADER =
  /^(v8[\w-]*|node|node_version|node_buffer|libplatform\/.*|cppgc\/.*)\.h$/;
const STANDARD_HEADER = /^[a-z_0-9]+$/;

function checkCpp(path: string, text: string, tree: Tree): readonly Violation[] {
  const [, file = ''] = CPP_FILE.exec(path) ?? [];
  const top = topOf(file);
  const violations: Violation[] = [];
  if (rungOf(NATIVE_RUNGS, file) === undefined) {
    violations.push(
      `${path}: '${top}' has no place in the house. Add it to NATIVE_RUNGS in test/tools/layers.ts.`,
    );
  }
  for (const { header, quoted } of includesOf(text)) {
    const target = quoted ? resolveInclude(path, header, tree) : undefined;
    if (target !== undefined) {
      const targetFile = CPP_FILE.exec(target)?.[1] ?? '';
      violations.push(...checkRungs(NATIVE_RUNGS, path, file, targetFile, header));
    } else if (NAPI_HEADER.test(header)) {
      if (top !== 'addon') {
        violations.push(`${path}: only addon.cc and addon/ may include '${header}'.`);
      }
    } else if (V8_HEADER.test(header)) {
      if (!['v8', 'session', 'addon'].includes(top)) {
        violations.push(`${path}: '${top}' must not know V8, but includes '${header}'.`);
      }
    } else if (['track', 'heap'].includes(top) && !STANDARD_HEADER.test(header)) {
      violations.push(
        `${path}: '${top}' sees the standard library only, but includes '${header}'.`,
      );
    } else if (quoted) {
      violations.push(`${path}: '${header}' does not exist in native/src.`);
    }
  }
  return violations;
}

function checkRungs(
  rungs: readonly (readonly string[])[],
  path: string,
  from: string,
  to: string,
  specifier: string,
): readonly Violation[] {
  if (topOf(from) === topOf(to)) return [];
  const fromRung = rungOf(rungs, from);
  const toRung = rungOf(rungs, to);
  if (fromRung === undefined || toRung === undefined || toRung < fromRung) return [];
  const direction = toRung === fromRung ? 'sideways' : 'upward';
  return [`${path}: imports ${direction}: '${specifier}'.`];
}

/** `'measure/peak-pass'` and `'measure'` both belong to `'measure'`. */
function topOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function rungOf(rungs: readonly (readonly string[])[], file: string): number | undefined {
  const index = rungs.findIndex((names) => names.includes(topOf(file)));
  return index === -1 ? undefined : index;
}

/** Static, re-exported, dynamic and required specifiers, and those of type imports. */
export function importsOf(text: string): readonly string[] {
  const code = stripComments(text);
  const patterns = [
    /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g,
    /\bdeclare\s+module\s*['"]([^'"]+)['"]/g,
  ];
  const found = patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] ?? ''),
  );
  return [...new Set(found)];
}

function includesOf(
  text: string,
): readonly { readonly header: string; readonly quoted: boolean }[] {
  return [...stripComments(text).matchAll(/^\s*#\s*include\s*(["<])([^">]+)[">]/gm)].map(
    (match) => ({ header: match[2] ?? '', quoted: match[1] === '"' }),
  );
}

/** Comments go; strings stay, so that a `//` inside one is none. */
function stripComments(text: string): string {
  return text.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, string: string | undefined) => string ?? ' ',
  );
}

function resolveImport(from: string, specifier: string): string {
  return normalize(`${directoryOf(from)}/${specifier}`).replace(/\.[jt]s$/, '.ts');
}

function resolveInclude(from: string, header: string, tree: Tree): string | undefined {
  const candidates = [`${directoryOf(from)}/${header}`, `native/src/${header}`];
  return candidates.map(normalize).find((path) => tree.has(path));
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Cycles between TypeScript files, wherever they are. */
function findCycles(tree: Tree): readonly Violation[] {
  const state = new Map<string, 'open' | 'done'>();
  const violations: Violation[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      const cycle = [...trail.slice(trail.indexOf(path)), path];
      violations.push(`${path}: imports itself: ${cycle.join(' -> ')}.`);
      return;
    }
    state.set(path, 'open');
    for (const specifier of importsOf(tree.get(path) ?? '')) {
      if (!specifier.startsWith('.')) continue;
      const target = resolveImport(path, specifier);
      if (tree.has(target)) visit(target, [...trail, path]);
    }
    state.set(path, 'done');
  };
  for (const path of [...tree.keys()].sort()) {
    if (TS_FILE.test(path)) visit(path, []);
  }
  return violations;
}
