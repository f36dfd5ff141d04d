import { beforeAll, describe, expect, it } from 'vitest';
import { compile, ownTypesProject } from './check.mjs';

let dir: string;

beforeAll(() => {
  dir = ownTypesProject();
}, 120_000);

describe.each(['vitest', 'jest-globals', 'jest-types'])('%s', (fixture) => {
  it.each([
    ['esm', true],
    ['esm', false],
    ['cjs', true],
    ['cjs', false],
  ] as const)('compiles as %s with skipLibCheck %s', (modules, skipLibCheck) => {
    expect(compile({ dir, fixture, modules, skipLibCheck })).toBe('');
  });
});
