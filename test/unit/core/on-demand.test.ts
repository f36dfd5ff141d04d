import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstWorld } from '../../../packages/core/src/first-world.js';

const { process } = firstWorld();
const { getBuiltinModule } = process;

describe('packages on demand, in a Node without process.getBuiltinModule', () => {
  beforeEach(() => {
    vi.resetModules();
    Reflect.set(process, 'getBuiltinModule', undefined);
  });
  afterEach(() => {
    Reflect.set(process, 'getBuiltinModule', getBuiltinModule);
  });

  it('are loaded beside the file that asks', async () => {
    const { diff, picomatch } = await import('../../../packages/core/src/on-demand.js');
    expect(diff().diffLines('a\n', 'b\n').length).toBe(2);
    expect(picomatch()('*.ts')('a.ts')).toBe(true);
  });

  it('nothing comes from the first world, and that is said', async () => {
    const { loadOutside } = await import('../../../packages/core/src/on-demand.js');
    expect(() => loadOutside('diff')).toThrow(
      /^Node v.* has no process\.getBuiltinModule, .*: use Node 20\.19, 22\.3 or later\.$/,
    );
  });
});
