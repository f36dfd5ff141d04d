// Which CI system this is, and where it wants to be told.

import { relative, sep } from 'node:path';
import type { World } from './world.js';

export type Ci =
  | {
      readonly name: 'github';
      readonly summary: string | undefined;
      readonly prefix: string;
    }
  | { readonly name: 'gitlab'; readonly prefix: string }
  | { readonly name: 'none'; readonly prefix: '' };

export function recognise({ env, cwd }: World): Ci {
  if (env.GITHUB_ACTIONS === 'true') {
    const { GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: root } = env;
    return {
      name: 'github',
      summary: summary === '' ? undefined : summary,
      prefix: prefixOf(root, cwd()),
    };
  }
  if (env.GITLAB_CI === 'true') {
    return { name: 'gitlab', prefix: prefixOf(env.CI_PROJECT_DIR, cwd()) };
  }
  return { name: 'none', prefix: '' };
}

/** Paths of a run are relative to its project; CI wants them relative to the repository. */
function prefixOf(root: string | undefined, cwd: string): string {
  if (root === undefined || root === '') return '';
  const below = relative(root, cwd);
  return below === '' || below.startsWith('..') ? '' : `${below.split(sep).join('/')}/`;
}
