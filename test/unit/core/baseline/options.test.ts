import { describe, expect, it } from 'vitest';
import {
  baselineSettings,
  checkDefaults,
  updateModeOf,
} from '../../../../packages/core/src/baseline/options.js';

describe('options', () => {
  it('of a call come before the defaults', () => {
    const settings = baselineSettings(
      { tolerance: '5%' },
      { tolerance: '1%', metrics: ['peakBytes'], ratchet: true },
    );
    expect(settings).toMatchObject({
      tolerance: '5%',
      metrics: ['peakBytes'],
      required: ['peakBytes'],
      policy: { ratchet: true, missingEnvironment: 'fail' },
    });
    expect(baselineSettings({}).required).toEqual([]);
  });

  it.each([
    [{ tolerance: 'x' }, 'tolerance'],
    [{ metrics: [] }, 'metrics'],
    [{ metrics: 'peakBytes' }, 'metrics'],
    [{ missingEnvironment: 'ignore' }, 'missingEnvironment'],
    [{ ratchet: 1 }, 'ratchet'],
    [{ name: 1 }, 'name'],
  ])('%j are refused', (wrong, name) => {
    expect(() => baselineSettings(wrong as never)).toThrow(`\`${name}\` must be`);
  });

  it('by default have no name', () => {
    expect(() => checkDefaults({ name: 'x' }, 'configureBaselines')).toThrow(
      'configureBaselines has no option `name`',
    );
    expect(() => checkDefaults('2%', 'configureBaselines')).toThrow('must be an object');
  });
});

describe('the update mode', () => {
  it.each([
    [{ snapshotUpdateState: 'all' }, {}, 'all'],
    [{ _updateSnapshot: 'none' }, {}, 'none'],
    [{ _updateSnapshot: 'new' }, { CI: '1' }, 'new'],
    [undefined, {}, 'new'],
    [undefined, { CI: 'true' }, 'none'],
    [{}, { CI: 'false' }, 'new'],
    [{ _updateSnapshot: 'sometimes' }, { CI: '1' }, 'none'],
  ])('of %j with %j is %s', (state, env, mode) => {
    expect(updateModeOf(state, env as NodeJS.ProcessEnv)).toBe(mode);
  });
});
