// Builds packages/*/dist: a bundle per entry for ESM and for CommonJS, and the
// declarations beside both, so that types resolve in either world.
//
//   node packages/build.mjs

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const require = createRequire(import.meta.url);

/**
 * What users get, by package: `both` worlds, or ESM only where a runner is ESM only. Preloads are what Node
 * loads with `--require`, of whatever version it is.
 */
const ENTRIES = {
  core: { both: ['index'], esmOnly: [], preloads: ['children/preload'] },
  report: { both: ['index'], esmOnly: [] },
  cli: { both: ['index'], esmOnly: [] },
  vitest: { both: ['index'], esmOnly: ['setup', 'reporter'] },
  jest: { both: ['index', 'matchers', 'reporter'], esmOnly: [] },
};

const EXTERNAL = [
  '@highwater/*',
  '@jridgewell/trace-mapping',
  'commander',
  'vitest',
  'vitest/*',
  'vite',
  'jest',
  'expect',
  '@jest/globals',
  'node:*',
];

/** These throw when required, so no CommonJS bundle may import them at run time. */
const ESM_ONLY_PACKAGES = /^(vitest|vite)(\/|$)/;

const NAMES = Object.keys(ENTRIES);

/** What the present dist folders were built from. Not in them: they are published. */
const marker = join(root, 'node_modules/.highwater-built');

function filesUnder(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function contentHash() {
  const hash = createHash('sha256');
  const inputs = [
    join(root, 'package-lock.json'),
    join(root, 'tsconfig.json'),
    join(root, 'native/index.d.ts'),
    join(here, 'tsconfig.json'),
    join(here, 'build.mjs'),
    ...NAMES.map((name) => join(here, name, 'package.json')),
    ...NAMES.flatMap((name) => filesUnder(join(here, name, 'src'))),
  ];
  for (const file of inputs) {
    hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** One tsc run for all packages. */
function emitDeclarations(outDir) {
  rmSync(outDir, { recursive: true, force: true });
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(
    process.execPath,
    [tsc, '-p', join(here, 'tsconfig.json'), '--outDir', outDir],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) throw new Error('The packages do not type-check; see above.');
}

async function bundle(name, format, entries, outdir, target = 'node20.19') {
  const esbuild = require('esbuild');
  const { metafile } = await esbuild.build({
    entryPoints: entries.map((entry) => join(here, name, 'src', `${entry}.ts`)),
    outdir,
    outbase: join(here, name, 'src'),
    bundle: true,
    format,
    platform: 'node',
    target,
    external: EXTERNAL,
    legalComments: 'inline',
    metafile: true,
    absWorkingDir: root,
    logLevel: 'warning',
  });
  if (format === 'esm') return;
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const wrong = output.imports.find(
      ({ path, external }) => external && ESM_ONLY_PACKAGES.test(path),
    );
    if (wrong) {
      throw new Error(
        `${file} would require('${wrong.path}'), which only ESM can import. ` +
          'List its entry under esmOnly in packages/build.mjs, or import a type only.',
      );
    }
  }
}

/** Builds beside `dist` and swaps, so that readers meet a whole one. */
async function buildPackage(name, declarations) {
  const { both, esmOnly, preloads = [] } = ENTRIES[name];
  const directory = join(here, name);
  const fresh = join(directory, `dist.${process.pid}`);
  const worlds = [
    { format: 'esm', type: 'module', entries: [...both, ...esmOnly] },
    { format: 'cjs', type: 'commonjs', entries: both },
  ];
  for (const { format, type, entries } of worlds) {
    const outdir = join(fresh, format);
    mkdirSync(outdir, { recursive: true });
    await bundle(name, format, entries, outdir);
    if (format === 'cjs' && preloads.length > 0) {
      await bundle(name, format, preloads, outdir, 'node12');
    }
    writeFileSync(join(outdir, 'package.json'), `{ "type": "${type}" }\n`);
    cpSync(join(declarations, name, 'src'), outdir, { recursive: true });
    if (format === 'cjs') {
      for (const entry of esmOnly) rmSync(join(outdir, `${entry}.d.ts`), { force: true });
    }
  }
  for (const file of filesUnder(fresh)) {
    if (!file.endsWith('.d.ts')) continue;
    // tsc leaves './x.ts' in declarations as it is in the source.
    const text = readFileSync(file, 'utf8');
    const rewritten = text.replace(
      /((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]*?)(?<!\.d)\.ts(['"])/g,
      '$1.js$2',
    );
    if (rewritten !== text) writeFileSync(file, rewritten);
  }
  const dist = join(directory, 'dist');
  const old = join(directory, `dist.old.${process.pid}`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Makes packages/*\/dist current.
 * @returns {Promise<boolean>} whether anything had to be built
 */
export async function buildPackages() {
  const hash = contentHash();
  const built = existsSync(marker) && readFileSync(marker, 'utf8') === hash;
  if (built && NAMES.every((name) => existsSync(join(here, name, 'dist')))) return false;
  console.log('highwater: building the packages');
  const declarations = join(here, `.declarations.${process.pid}`);
  try {
    emitDeclarations(declarations);
    for (const name of NAMES) await buildPackage(name, declarations);
  } finally {
    rmSync(declarations, { recursive: true, force: true });
    for (const name of NAMES) {
      rmSync(join(here, name, `dist.${process.pid}`), { recursive: true, force: true });
    }
  }
  writeFileSync(marker, hash);
  return true;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const built = await buildPackages();
  if (!built) console.log('highwater: the packages are up to date');
}
