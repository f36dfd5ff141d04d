// The config that a runner is given: the project's own, with highwater or without it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `plain` is the project as it is, through the same file: only highwater differs. */
export const WAYS = ['plain', 'tracked'];

const NAMES = {
  vitest: ['vitest.config', 'vite.config'],
  jest: ['jest.config'],
};
const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

/**
 * The file with the project's config.
 * @param {string} dir
 * @param {'vitest' | 'jest'} runner
 * @returns {string | undefined} its name in the folder; undefined where there is none
 */
export function findConfig(dir, runner) {
  return NAMES[runner]
    .flatMap((name) => EXTENSIONS.map((extension) => `${name}.${extension}`))
    .find((name) => existsSync(join(dir, name)));
}

/**
 * @param {string | undefined} own the project's config, a name in its folder
 * @param {'plain' | 'tracked'} way
 */
export function vitestConfig(own, way) {
  const isTracked = way === 'tracked';
  return [
    "import { mergeConfig } from 'vitest/config';",
    ...(isTracked ? ["import { highwater } from '@highwater/vitest';"] : []),
    own === undefined ? 'const own = {};' : `import own from './${own}';`,
    '',
    'export default async (environment) =>',
    "  mergeConfig(await (typeof own === 'function' ? own(environment) : own), {",
    `    plugins: [${isTracked ? 'highwater({ track: true })' : ''}],`,
    '  });',
    '',
  ].join('\n');
}

/**
 * @param {{ file: string } | { inline: object }} own a name in the project's folder, or the `jest` of its package.json
 * @param {'plain' | 'tracked'} way
 */
export function jestConfig(own, way) {
  const head =
    'file' in own
      ? `import own from './${own.file}';`
      : `const own = ${JSON.stringify(own.inline)};`;
  // A function: Jest requires the file, and could not wait at its top level.
  const start = [
    head,
    '',
    'export default async () => {',
    "  const config = typeof own === 'function' ? await own() : own;",
  ];
  if (way === 'plain') return [...start, '  return config;', '};', ''].join('\n');
  return [
    ...start,
    '  const withSetup = (one) =>',
    "    typeof one === 'string'",
    '      ? one',
    "      : { ...one, setupFilesAfterEnv: [...(one.setupFilesAfterEnv ?? []), '@highwater/jest'] };",
    '  return {',
    '    ...withSetup(config),',
    '    ...(config.projects && { projects: config.projects.map(withSetup) }),',
    "    reporters: [...(config.reporters ?? ['default']), ['@highwater/jest/reporter', { track: true }]],",
    '  };',
    '};',
    '',
  ].join('\n');
}

/**
 * Writes a config for each way into the project.
 * @param {string} dir
 * @param {'vitest' | 'jest'} runner
 * @param {string | undefined} chosen the project's config; looked for when undefined
 * @returns {Readonly<Record<'plain' | 'tracked', string>>} names in the folder
 */
export function writeConfigs(dir, runner, chosen) {
  const own = chosen ?? findConfig(dir, runner);
  const write = (way, text) => {
    const name = `highwater-suites.${way}.config.mjs`;
    writeFileSync(join(dir, name), text);
    return [way, name];
  };
  if (runner === 'vitest') {
    return Object.fromEntries(WAYS.map((way) => write(way, vitestConfig(own, way))));
  }
  const source =
    own === undefined
      ? { inline: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).jest ?? {} }
      : { file: own };
  return Object.fromEntries(WAYS.map((way) => write(way, jestConfig(source, way))));
}
