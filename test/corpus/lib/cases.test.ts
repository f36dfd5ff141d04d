import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Case, readCases, runsOf, selectCases } from './cases.mjs';

const corpus = fileURLToPath(new URL('..', import.meta.url));

const leak: Case = {
  name: 'pool',
  class: 'leak',
  package: 'pool',
  leaky: '1.0.0',
  fixed: '1.0.1',
  expectedCulprit: 'Pool idle',
  driver: '/cases/pool/driver.mjs',
};
const harmless: Case = { ...leak, class: 'nonleak', fixed: null, expectedCulprit: null };

describe('readCases', () => {
  it('reads every case of this repository', () => {
    const cases = readCases(corpus);
    expect(cases.length).toBeGreaterThan(80);
    expect(cases.filter(({ driver }) => !existsSync(driver))).toEqual([]);
  });

  it('names the folder that has no cases', () => {
    expect(() => readCases('/nowhere')).toThrow('/nowhere has no folder `cases`.');
  });
});

describe('selectCases', () => {
  const cases = ['hard-a', 'hard-b', 'pool'].map((name) => ({ name }));
  const select = (...patterns: string[]) =>
    selectCases(cases, patterns).map(({ name }) => name);

  it('takes all without a pattern', () => {
    expect(select()).toEqual(['hard-a', 'hard-b', 'pool']);
  });

  it('takes names, and names that start alike', () => {
    expect(select('pool')).toEqual(['pool']);
    expect(select('hard-*', 'hard-a')).toEqual(['hard-a', 'hard-b']);
  });

  it('names the pattern that no case has', () => {
    expect(() => select('pool', 'poll')).toThrow('No case is called poll.');
  });
});

describe('runsOf', () => {
  it('asks for a leak in the leaky version and for none in the fixed one', () => {
    expect(runsOf(leak, 20)).toMatchObject([
      { which: 'leaky', version: '1.0.0', alias: 'pool-leaky', expected: 'leak' },
      { which: 'fixed', version: '1.0.1', alias: 'pool-fixed', expected: 'pass' },
    ]);
  });

  it('has one run where there is one version', () => {
    expect(runsOf({ ...leak, fixed: null }, 20)).toHaveLength(1);
    expect(runsOf(harmless, 20)).toMatchObject([{ alias: 'pool', expected: 'pass' }]);
    expect(runsOf({ ...harmless, class: 'hard' }, 20)).toMatchObject([
      { expected: 'leak' },
    ]);
  });

  it('knows the aliases of a case', () => {
    expect(runsOf({ ...leak, aliasBase: 'tank' }, 20)[0]?.alias).toBe('tank-leaky');
    expect(runsOf({ ...leak, alias: { leaky: 'old' } }, 20)[0]?.alias).toBe('old');
  });

  it('takes the wanted Node, and a newer one where a case needs it', () => {
    const nodes = (one: Case, major: number) =>
      runsOf(one, major).map(({ node }) => node);
    const ofNode: Case = { ...harmless, package: 'node', leaky: 'node20' };
    expect(nodes(harmless, 22)).toEqual([{ major: 22 }]);
    expect(nodes({ ...harmless, node: 'node24' }, 22)).toEqual([{ major: 24 }]);
    expect(nodes(ofNode, 22)).toEqual([{ major: 22 }]);
    expect(runsOf(ofNode, 22)[0]?.version).toBe('node22');
  });

  it('keeps the Nodes that a leak of Node itself is about', () => {
    const ofNode = { ...leak, package: 'node', leaky: '20.3.1', fixed: 'node20' };
    expect(runsOf(ofNode, 22).map(({ node }) => node)).toEqual([
      { alias: 'node-bin-20.3.1' },
      { major: 20 },
    ]);
  });

  it('runs in production unless the case says otherwise', () => {
    expect(runsOf(harmless, 20)[0]?.env).toEqual({ NODE_ENV: 'production' });
    const other = { ...harmless, nodeEnv: 'test', env: { A: '1' } };
    expect(runsOf(other, 20)[0]?.env).toEqual({ NODE_ENV: 'test', A: '1' });
  });

  it('names a Node that is none', () => {
    expect(() => runsOf({ ...leak, node: 'nod24' }, 20)).toThrow(
      'Case pool: "nod24" is no Node such as "node20".',
    );
  });
});
