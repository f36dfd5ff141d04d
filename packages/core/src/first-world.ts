// The world that a thread began with: Jest and vm pools give each test file a global object of its own.

import { runInThisContext } from 'node:vm';

/** Its global object, with properties that highwater keeps there for all worlds of the thread. */
export function firstWorld<Kept extends object>(): Kept & {
  readonly process: NodeJS.Process;
} {
  return runInThisContext('globalThis') as Kept & { readonly process: NodeJS.Process };
}
