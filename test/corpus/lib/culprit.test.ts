import { describe, expect, it } from 'vitest';
import { identifiersOf, namedIn } from './culprit.mjs';

describe('identifiersOf', () => {
  it.each([
    ['EventEmitter waitFor listener', ['EventEmitter', 'waitFor']],
    ['graceful-fs.js fs.close closure chain', ['graceful-fs.js']],
    [
      'PQueue _resolveIdle / _resolveEmpty closure chain',
      ['PQueue', '_resolveIdle', '_resolveEmpty'],
    ],
    ['registry (idMap, children) / Interpreter', ['registry', 'idMap', 'Interpreter']],
    [
      'http.Server connectionsCheckingInterval Timeout',
      ['Server', 'connectionsCheckingInterval', 'Timeout'],
    ],
    ['handleRequest config-change listener', ['handleRequest', 'config-change']],
    ['createPattern (native)', ['createPattern']],
  ])('%s', (culprit, identifiers) => {
    expect(identifiersOf(culprit)).toEqual(identifiers);
  });
});

describe('namedIn', () => {
  it('finds an identifier as a word, in the same case', () => {
    expect(namedIn('Pool idle list', 'held by pool.idle')).toBe('idle');
    expect(namedIn('Pool list', 'allocated at: new Pool')).toBe('Pool');
    expect(namedIn('Pool list', 'a list of pools, PoolEntry, _Pool')).toBeNull();
  });

  it('finds it in the name of a file or a package', () => {
    expect(namedIn('optimism Entry', 'node_modules/optimism/lib/bundle.js')).toBe(
      'optimism',
    );
    expect(namedIn('graceful-fs.js chain', 'node_modules/graceful-fs.js:7')).toBe(
      'graceful-fs.js',
    );
  });

  it('does not find it in the path of the driver', () => {
    expect(
      namedIn('pool', 'cases/pool/driver.mjs:3 and .../pool/driver.mjs:3'),
    ).toBeNull();
  });
});
