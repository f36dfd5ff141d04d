import { describe, expect, it } from 'vitest';
import type { SurvivorPath } from '../../../packages/core/src/heap/paths.js';
import { holderOf } from '../../../packages/core/src/leaks/holder.js';
import {
  isPending,
  isSoonCalled,
  isWaiting,
} from '../../../packages/core/src/leaks/waiting.js';
import type { HeapNode, HeapStep } from '../../../packages/core/src/native.js';
import type { RetainerStep } from '../../../packages/core/src/types.js';

function step(
  kind: RetainerStep['kind'],
  name: string,
  held: string,
  more: Partial<RetainerStep> = {},
): RetainerStep {
  const thing = {
    kind: 'object',
    name: held,
    shallowBytes: 8,
    retainedBytes: 8,
  } as const;
  return { kind, name, held: thing, ...more };
}

function pathOf(firstNew: number, ...steps: RetainerStep[]): SurvivorPath {
  return { steps, firstNew, hiddenCount: 0 };
}

describe('what waits for a turn', () => {
  it.each([
    [
      'a request, as Node 20 draws it',
      step('root', 'Node / FSReqCallback', 'FSReqCallback'),
    ],
    ['a request, as Node 24 draws it', step('native', 'FSReqCallback', 'FSReqCallback')],
    ['a lookup', step('root', 'Node / GetAddrInfoReqWrap', 'GetAddrInfoReqWrap')],
    ['work on the pool', step('root', 'Node / RandomBytesJob', 'RandomBytesJob')],
    ['a compressor at work', step('native', 'ZlibStream', 'Zlib')],
    ['numbers of a request', step('native', 'AliasedFloat64Array', 'Float64Array')],
    [
      'a microtask',
      step('root', 'Micro tasks', 'system / PromiseFulfillReactionJobTask'),
    ],
    ['a finalizer', step('finalizer', 'due', 'Object')],
    ['an immediate', step('timer', 'Immediate', 'closure')],
  ])('%s', (_what, first) => {
    expect(isWaiting(pathOf(0, first))).toBe(true);
  });

  it.each([
    ['an open socket', step('root', 'Node / TCP', 'TCP')],
    ['a server', step('native', 'TCP', 'TCP')],
    ['a request that the user keeps', step('variable', 'kept', 'FSReqCallback')],
    [
      'a running microtask',
      step('root', 'Strong root list', 'system / PromiseFulfillReactionJobTask'),
    ],
    ['a finalizer whose target lives', step('finalizer', '', 'Object')],
    ['a class of that name', step('element', '0', 'BatchJob')],
  ])('but not %s', (_what, first) => {
    expect(isWaiting(pathOf(0, first))).toBe(false);
  });

  it.each([
    ['WritableState', '[kBufferedValue]', true],
    ['WritableState', 'buffered', true],
    ['ReadableState', 'buffer', true],
    ['WritableState', 'listeners', false],
    ['Batch', 'buffer', false],
  ])('what a %s has in %s: %s', (state, property, waits) => {
    const path = pathOf(
      3,
      step('variable', 'log', 'WriteStream'),
      step('property', '_writableState', state),
      step('property', property, 'Array'),
      step('element', '0', 'Object'),
    );
    expect(isWaiting(path)).toBe(waits);
  });

  it.each([
    ['an immediate', step('timer', 'Immediate', 'flush')],
    ['a microtask', step('root', 'Micro tasks', 'system / CallableTask')],
    ['a request', step('native', 'FSReqCallback', 'FSReqCallback')],
  ])('but not what %s sees that has been there before', (_what, first) => {
    const batch = step('variable', 'batch', 'Array');
    expect(isWaiting(pathOf(2, first, batch, step('element', '0', 'Object')))).toBe(
      false,
    );
  });

  it('does not when it only refers to what lives for good', () => {
    const path = pathOf(
      5,
      step('global', 'process', 'process'),
      step('variable', 'queue', 'FixedQueue'),
      step('property', 'args', 'App'),
      step('property', 'routes', 'Router'),
      step('property', 'table', 'Map'),
      step('map-entry', '', 'Route'),
    );
    expect(isWaiting(path)).toBe(false);
  });
});

describe('a timer that lets go by itself', () => {
  const timer = (durationMs: number, isRepeated = false) =>
    pathOf(0, step('timer', 'Timeout', 'closure', { durationMs, isRepeated }));

  it('fires within a second, once', () => {
    expect(isPending(timer(1_000), 0)).toBe(true);
    expect(isPending(timer(1_001), 0)).toBe(false);
    expect(isPending(timer(1_000, true), 0)).toBe(false);
  });

  it('was not due long ago', () => {
    expect(isPending(timer(50), 51)).toBe(true);
    expect(isPending(timer(50), 52)).toBe(false);
  });
});

describe('a function that is soon called', () => {
  const node = (name: string): HeapNode => ({
    id: 1,
    type: 'object',
    name,
    shallowBytes: 8,
    retainedBytes: 8,
  });
  const at = (file: string, kind: RetainerStep['kind'] = 'property', more = {}) => {
    const made = step(kind, '', 'flush', more);
    const place = { file, line: 1, column: 1 };
    return pathOf(0, { ...made, held: { ...made.held, place } });
  };
  const user = '/app/src/batch.ts';

  it("is the user's or a dependency's", () => {
    const tick = node('FixedCircularBuffer');
    expect(isSoonCalled(tick, at(user))).toBe(true);
    expect(isSoonCalled(tick, at('/app/node_modules/pino/index.js'))).toBe(true);
    expect(isSoonCalled(tick, at('node:internal/streams/writable'))).toBe(false);
    expect(isSoonCalled(tick, at('/app/node_modules/vitest/dist/x.js'))).toBe(false);
    expect(isSoonCalled(tick, pathOf(0, step('property', '', 'flush')))).toBe(false);
  });

  it('waits for a short timer', () => {
    const timeout = node('Timeout');
    const timer = (durationMs: number) => at(user, 'timer', { durationMs });
    expect(isSoonCalled(timeout, timer(1_000))).toBe(true);
    expect(isSoonCalled(timeout, timer(1_001))).toBe(false);
    const interval = at(user, 'timer', { durationMs: 500, isRepeated: true });
    expect(isSoonCalled(timeout, interval)).toBe(true);
    expect(isSoonCalled(timeout, at(user))).toBe(false);
  });
});

it('the holder is the last old thing that is no table', () => {
  const steps = (...types: string[]): HeapStep[] =>
    types.map((type, id) => ({
      edgeType: 'property',
      edgeName: '',
      node: { id, type, name: '', shallowBytes: 8, retainedBytes: 8 },
    }));
  const path = steps('synthetic', 'object', 'array', 'object');
  expect(holderOf({ path, firstNew: 3 })?.id).toBe(1);
  expect(holderOf({ path, firstNew: 4 })?.id).toBe(3);
  expect(holderOf({ path: [], firstNew: 0 })).toBeUndefined();
});
