// Which project of a Jest run a test file is run in. Jest tells its reporters, and no test; so the reporter writes
// the name into the globals of each project, and the set-up file takes it out again.

import { createHash } from 'node:crypto';
import { pathBelow } from '@highwater/core';

/** What is used of the configuration of a project. */
export interface ProjectConfig {
  readonly id: string;
  readonly rootDir: string;
  readonly displayName?: string | { readonly name: string };
  readonly globals: Readonly<Record<string, unknown>>;
  readonly setupFilesAfterEnv?: readonly string[];
}

/** What Jest hands to reporters with a test; `config` is what the test's worker is given. */
export interface TestContext {
  config: ProjectConfig;
}

/** Before the name, in the name of a global. */
const MARK = 'highwater project: ';
const KEY = Symbol.for('highwater.project');

/** @param projects of the global configuration */
export function projectName(
  { displayName, id, rootDir }: ProjectConfig,
  root: string,
  projects: readonly unknown[] = [],
): string | undefined {
  const name = typeof displayName === 'string' ? displayName : displayName?.name;
  if (name !== undefined && name !== '') return name;
  if (projects.length < 2) return undefined;
  const path = pathBelow(root, rootDir);
  return path === '' ? String(indexOf(id, rootDir, projects.length)) : path;
}

/** Of a project that stands in the configuration itself: Jest makes its id of what it has, and of this number. */
function indexOf(id: string, rootDir: string, count: number): number {
  const idAt = (index: number): string =>
    createHash('sha1').update(rootDir).update('').update(String(index)).digest('hex');
  return (
    Array.from({ length: count }, (_, index) => index).find(
      (index) => idAt(index).slice(0, 32) === id.slice(0, 32),
    ) ?? 0
  );
}

/** What is transformed for a project is kept apart by its configuration: with the name it is transformed once more. */
export function tellProject(context: TestContext, name: string): void {
  const { config } = context;
  const key = MARK + name;
  if (key in config.globals) return;
  // The globals of projects that set none are one object.
  const globals = { ...config.globals, [key]: true };
  context.config = Object.freeze({ ...config, globals });
}

/** In a test file. */
export function toldProject(): string | undefined {
  const world = globalThis as { [KEY]?: { readonly name: string | undefined } };
  if (world[KEY] === undefined) {
    const key = Object.keys(globalThis).find((one) => one.startsWith(MARK));
    if (key !== undefined) Reflect.deleteProperty(globalThis, key);
    const value = { name: key?.slice(MARK.length) };
    Object.defineProperty(globalThis, KEY, { value, configurable: true });
  }
  return world[KEY]?.name;
}
