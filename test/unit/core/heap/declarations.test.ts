import { describe, expect, it } from 'vitest';
import { findDeclaration } from '../../../../packages/core/src/heap/places.js';
import { SOURCE } from './paths.js';

describe('declarations', () => {
  it('are found by their name when there is one', () => {
    expect(findDeclaration('sessions', SOURCE)).toEqual({
      line: 3,
      column: 14,
      isModuleLevel: true,
    });
    expect(findDeclaration('open', SOURCE)).toMatchObject({
      line: 4,
      isModuleLevel: true,
    });
    expect(findDeclaration('session', SOURCE)).toMatchObject({
      line: 5,
      isModuleLevel: false,
    });
  });

  it('are not guessed', () => {
    for (const name of ['twice', 'sess', 'missing', 'a.b', '$&']) {
      expect(findDeclaration(name, SOURCE)).toBeUndefined();
    }
  });
});
