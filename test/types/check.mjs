// Compiles the fixtures as a user's TypeScript would: packed packages in node_modules,
// a plain tsconfig, every supported runner.
//
//   node test/types/check.mjs            versions that are not the repository's own

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packPackages, root } from '../tools/project.mjs';

const fixtures = join(root, 'test/types/fixtures');

/** What each fixture needs to be known as a global. */
const GLOBALS = {
  vitest: ['node'],
  'jest-globals': ['node'],
  'jest-types': ['node', 'jest'],
};

/** Installed on demand; the repository's own versions are checked by `npm test`. */
const OTHERS = [
  { name: 'vitest-3', vitest: '~3.2.0', typescript: '7.0.2' },
  { name: 'vitest-5', vitest: '^5.0.0', typescript: '7.0.2' },
  { name: 'vitest-5-typescript-5', vitest: '^5.0.0', typescript: '~5.9.0' },
  { name: 'jest-29', jest: '^29.7.0', typescript: '7.0.2' },
  { name: 'jest-30-typescript-5', jest: '^30.0.0', typescript: '~5.9.0' },
];

/** The runners and TypeScript of the repository. */
export function ownTypesProject() {
  return layOut(join(root, '.e2e/types'));
}

/** All other versions, as `{ name, dir, fixtures }`; installs what is not there yet. */
export function otherTypesProjects() {
  return OTHERS.map(({ name, ...versions }) => {
    const dir = join(root, '.matrix', `types-${name}`);
    install(dir, versions);
    return {
      name,
      dir: layOut(dir),
      fixtures: versions.vitest ? ['vitest'] : ['jest-globals', 'jest-types'],
    };
  });
}

function install(dir, { vitest, jest, typescript }) {
  const devDependencies = {
    '@types/node': '^22.0.0',
    typescript,
    ...(vitest && { vitest }),
    ...(jest && {
      jest,
      '@jest/globals': jest,
      '@types/jest': jest.replace('.7.0', '.5.0'),
    }),
  };
  const text = `${JSON.stringify({ private: true, devDependencies }, null, 2)}\n`;
  const file = join(dir, 'package.json');
  const done = join(dir, 'node_modules/.installed');
  if (existsSync(done) && readFileSync(file, 'utf8') === text) return;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(file, text);
  const npm = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { status, stderr } = spawnSync('npm', npm, { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install in ${dir} failed:\n${stderr}`);
  writeFileSync(done, '');
}

/** An ESM and a CommonJS folder with the fixtures, beside the packed packages. */
function layOut(dir) {
  const scope = join(dir, 'node_modules/@highwater');
  rmSync(scope, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  cpSync(packPackages(), scope, { recursive: true });
  for (const [folder, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ]) {
    const target = join(dir, folder);
    rmSync(target, { recursive: true, force: true });
    cpSync(fixtures, target, { recursive: true });
    writeFileSync(join(target, 'package.json'), `{ "type": "${type}" }\n`);
  }
  return dir;
}

/**
 * Compiles a fixture, and core.ts with it.
 * @param {{ dir: string, fixture: string, modules: string, skipLibCheck: boolean }} options
 * @returns {string} the errors that are not those of other people's packages
 */
export function compile({ dir, fixture, modules, skipLibCheck }) {
  const folder = join(dir, modules);
  const config = join(folder, `tsconfig.${fixture}.${skipLibCheck}.json`);
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck,
    types: GLOBALS[fixture],
  };
  const files = [`${fixture}.ts`, 'core.ts'];
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const require = createRequire(join(folder, 'package.json'));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const child = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const errors = child.stdout
    .split('\n')
    .filter((line) => /\berror TS\d+/.test(line))
    .filter((line) => !/node_modules\/(?!@highwater\/)/.test(line));
  if (child.status !== 0 && child.stdout === '') errors.push(child.stderr);
  return errors.join('\n');
}

/** Every way to compile the fixtures of a project, as `{ name, errors }`. */
export function compileAll({ name, dir, fixtures: names }) {
  return names.flatMap((fixture) =>
    ['esm', 'cjs'].flatMap((modules) =>
      [true, false].map((skipLibCheck) => ({
        name: `${name}, ${fixture}, ${modules}, skipLibCheck ${skipLibCheck}`,
        errors: compile({ dir, fixture, modules, skipLibCheck }),
      })),
    ),
  );
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const results = otherTypesProjects().flatMap(compileAll);
  for (const { name, errors } of results) {
    console.log(`${errors === '' ? 'ok  ' : 'FAIL'}  ${name}`);
    if (errors !== '') console.log(errors.replace(/^/gm, '      '));
  }
  if (results.some(({ errors }) => errors !== '')) process.exitCode = 1;
}
