// Handles that a sync function has closed: Node holds each until the next turn of the event loop, which
// never comes while the function is called again and again.

import type { SurvivorPath } from '../heap/paths.js';
import type { SurvivorGroup } from '../native.js';

/** By libuv's name of their type. */
export type ClosingHandles = Readonly<Record<string, number>>;

/** Node's classes of handles, and what libuv calls them. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['FSEvent', 'fs_event'],
  ['MessagePort', 'async'],
  ['Pipe', 'pipe'],
  ['Process', 'process'],
  ['Signal', 'signal'],
  ['StatWatcher', 'fs_poll'],
  ['TCP', 'tcp'],
  ['TTY', 'tty'],
  ['UDP', 'udp'],
]);

interface Held {
  readonly group: Pick<SurvivorGroup, 'count'>;
  readonly path: SurvivorPath | undefined;
}

/** Whether what a group is held by are handles, as many of which are closing as have survived. */
export function closingIn(
  all: readonly Held[],
  closing: ClosingHandles,
): (held: Held) => boolean {
  const handleCounts = new Map<string, number>();
  for (const { group, path } of all) {
    const handle = handleOf(path);
    const isHandle = path !== undefined && path.firstNew === path.steps.length - 1;
    if (handle === undefined || !isHandle) continue;
    handleCounts.set(handle, (handleCounts.get(handle) ?? 0) + group.count);
  }
  return ({ group, path }) => {
    const handle = handleOf(path);
    if (handle === undefined) return false;
    const count = handleCounts.get(handle) ?? group.count;
    return (closing[TYPES.get(handle) ?? ''] ?? 0) >= count;
  };
}

/** The class of the new handle that Node holds, and that holds the rest. */
function handleOf(path: SurvivorPath | undefined): string | undefined {
  const step = path?.steps[path.firstNew];
  if (step === undefined) return undefined;
  const isOfNode =
    step.kind === 'native' || (step.kind === 'root' && step.name.startsWith('Node / '));
  return isOfNode && TYPES.has(step.held.name) ? step.held.name : undefined;
}
