// What must be in the environment of a child that is Node, so that it loads highwater.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ownFile } from '../callsites/own-code.js';
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
