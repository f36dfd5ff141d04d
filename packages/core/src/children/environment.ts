// What must be in the environment of a child that is Node, so that it loads highwater.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ownFile } from '../own-file.js';
import { REPORTS_VARIABLE } from './report.js';

/** Names and values, as of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Under the permission model a program may not read what highwater would have it load. */
const RESTRICTED = /(?:^|[\s"])--(?:experimental-)?permission\b/;

/**
 * `env` with what makes Node children report to files that begin with `prefix`; the same `env` where its NODE_OPTIONS
 * restrict what may be read.
 */
export function reportingEnvironment(
  env: Environment,
  prefix: string,
): Record<string, string | undefined> {
  const options = env.NODE_OPTIONS ?? '';
  if (RESTRICTED.test(options)) return { ...env };
  return {
    ...env,
    NODE_OPTIONS: withPreload(options, preloadFile()),
    [REPORTS_VARIABLE]: prefix,
  };
}

/** First of all: what other preloads take is the child's. What is there stays, also a preload that is there already. */
export function withPreload(options: string, file: string): string {
  const own = `--require ${quoted(file)}`;
  if (options.includes(own)) return options;
  return options === '' ? own : `${own} ${options}`;
}

/** As Node takes NODE_OPTIONS apart. */
function quoted(text: string): string {
  return /[\s"\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
}

let preload: string | undefined;

/** Built, wherever this very code runs from. */
function preloadFile(): string {
  preload ??= join(
    dirname(createRequire(ownFile).resolve('@highwater/core')),
    'children/preload.js',
  );
  return preload;
}

/** Puts the same into environments that are there, until `restore`. */
export function setEnvironment(
  environments: readonly NodeJS.ProcessEnv[],
  prefix: string,
): { readonly setPrefix: (prefix: string) => void; readonly restore: () => void } {
  const changed = environments.map((env) => {
    const before = { options: env.NODE_OPTIONS, prefix: env[REPORTS_VARIABLE] };
    const { NODE_OPTIONS: options, [REPORTS_VARIABLE]: told } = reportingEnvironment(
      env,
      prefix,
    );
    put(env, 'NODE_OPTIONS', options);
    put(env, REPORTS_VARIABLE, told);
    return { env, before, options, isAsked: told === prefix };
  });
  return {
    setPrefix: (next) => {
      for (const { env, isAsked } of changed) if (isAsked) env[REPORTS_VARIABLE] = next;
    },
    restore: () => {
      for (const { env, before, options, isAsked } of changed) {
        if (!isAsked) continue;
        put(env, REPORTS_VARIABLE, before.prefix);
        // What a test has put there meanwhile stays, but for ours.
        if (env.NODE_OPTIONS === options) put(env, 'NODE_OPTIONS', before.options);
        else if (before.options === undefined || !before.options.includes(ownOption()))
          put(env, 'NODE_OPTIONS', withoutPreload(env.NODE_OPTIONS));
      }
    },
  };
}

/** What `spawn` of a ChildProcess is called with: not in Node's documentation, the same from 20 to 26. */
interface SpawnOptions {
  readonly args?: readonly string[];
  envPairs?: readonly string[];
}

/**
 * A program under the permission model must not be asked to load what it may not read: Node would not start it.
 *
 * @param child of which Node has told, but which has not been started
 */
export function spareRestricted(child: object): void {
  const target = child as { spawn?: (options: SpawnOptions) => unknown };
  const { spawn } = target;
  if (spawn === undefined) return;
  target.spawn = (options) => {
    delete target.spawn;
    const { args, envPairs } = options;
    if (Array.isArray(envPairs) && args?.some((one) => RESTRICTED.test(one)))
      options.envPairs = envPairs.flatMap(spared);
    return spawn.call(child, options);
  };
}

/** `NAME=value` without what makes it report. */
function spared(pair: string): readonly string[] {
  const [name = ''] = pair.split('=', 1);
  if (name === REPORTS_VARIABLE) return [];
  if (name !== 'NODE_OPTIONS') return [pair];
  const rest = withoutPreload(pair.slice(name.length + 1));
  return rest === undefined ? [] : [`${name}=${rest}`];
}

function withoutPreload(options: string | undefined): string | undefined {
  const rest = options?.replace(ownOption(), '').trim();
  return rest === '' ? undefined : rest;
}

function ownOption(): string {
  return withPreload('', preloadFile());
}

/** Assigning `undefined` would be the text "undefined". */
function put(env: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) delete env[name];
  else env[name] = value;
}
