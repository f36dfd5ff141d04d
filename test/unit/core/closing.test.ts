import { describe, expect, it } from 'vitest';
import type { SurvivorPath } from '../../../packages/core/src/heap/paths.js';
import { closingIn } from '../../../packages/core/src/leaks/closing.js';

type Step = SurvivorPath['steps'][number];

const step = (kind: Step['kind'], name: string, held: string): Step => ({
  kind,
  name,
  held: { kind: 'object', name: held, shallowBytes: 40, retainedBytes: 40 },
});

/** So many handles of a class, or so many things that each of them holds one or more of. */
function group(count: number, root: Step, ...rest: readonly Step[]) {
  const path = { steps: [root, ...rest], hiddenCount: 0, firstNew: 0 };
  return { group: { count }, path };
}

const WATCHER = step('root', 'Node / FSEventWrap', 'FSEvent');

describe('handles that are closing', () => {
  it('are as many as have survived', () => {
    const handles = group(100, WATCHER);
    expect(closingIn([handles], { fs_event: 100 })(handles)).toBe(true);
    expect(closingIn([handles], { fs_event: 99 })(handles)).toBe(false);
    expect(closingIn([handles], { tcp: 100 })(handles)).toBe(false);
    expect(closingIn([handles], {})(handles)).toBe(false);
  });

  it('take with them what they hold, however many things that are', () => {
    const handles = group(100, WATCHER);
    const listeners = group(300, WATCHER, step('property', 'owner', 'FSWatcher'));
    const isClosing = closingIn([handles, listeners], { fs_event: 100 });
    expect(isClosing(listeners)).toBe(true);
  });

  it('are not what something else holds', () => {
    const kept = group(100, step('global', 'kept', 'Array'), WATCHER);
    expect(closingIn([kept], { fs_event: 100 })(kept)).toBe(false);
  });

  it('are not other things of Node', () => {
    const requests = group(100, step('root', 'Node / FSReqCallback', 'FSReqCallback'));
    expect(closingIn([requests], { fs_event: 100 })(requests)).toBe(false);
    const unread = { group: { count: 1 }, path: undefined };
    expect(closingIn([unread], { fs_event: 100 })(unread)).toBe(false);
  });
});
