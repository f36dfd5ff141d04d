import { describe, expect, it } from 'vitest';
import { commandOf } from '../../../../packages/core/src/children/command.js';
import {
  reportingEnvironment,
  setEnvironment,
  withPreload,
} from '../../../../packages/core/src/children/environment.js';
import { peakOf, whyNoReport } from '../../../../packages/core/src/children/numbers.js';
import { peakRssIn } from '../../../../packages/core/src/children/proc-text.js';

describe('peakRssIn', () => {
  const status = Buffer.from(
    'Name:\tnode\nVmPeak:\t  99 kB\nVmHWM:\t   40464 kB\nVmRSS:\t 1 kB\n',
  );

  it('reads the high-water mark', () => {
    expect(peakRssIn(status)).toBe(40_464 * 1024);
  });

  it.each(['', 'Name:\tsleep\nState:\tZ (zombie)\n', 'VmHWM:\t kB\n'])(
    'has none in %j',
    (text) => {
      expect(peakRssIn(Buffer.from(text))).toBeUndefined();
    },
  );

  it('reads no further than what was filled', () => {
    expect(peakRssIn(status, 10)).toBeUndefined();
  });
});

describe('commandOf', () => {
  it.each([
    [['/usr/bin/node', '/app/server.js', '--port', '80'], 'node server.js --port 80'],
    [['node', '/app/src/server.js'], 'node src/server.js'],
    [['node', '/elsewhere/server.js'], 'node /elsewhere/server.js'],
    [['/bin/sh', '-c', 'a |\n  b'], 'sh -c a | b'],
    [['sleep'], 'sleep'],
  ])('shows %j as %s', (args, expected) => {
    expect(commandOf(args, '/app')).toBe(expected);
  });

  it('is short', () => {
    const text = commandOf(['node', '-e', 'x'.repeat(500)], '/app');
    expect(text).toHaveLength(100);
    expect(text).toMatch(/x…$/);
  });
});

describe('withPreload', () => {
  it.each([
    ['', '/a/p.js', '--require /a/p.js'],
    ['--max-old-space-size=9', '/a/p.js', '--require /a/p.js --max-old-space-size=9'],
    ['--x', '/a b/p.js', '--require "/a b/p.js" --x'],
    ['', '/a"b\\c/p.js', '--require "/a\\"b\\\\c/p.js"'],
    ['--require /a/p.js --x', '/a/p.js', '--require /a/p.js --x'],
  ])('puts into %j the file %s', (options, file, expected) => {
    expect(withPreload(options, file)).toBe(expected);
  });
});

describe('reportingEnvironment', () => {
  it('keeps what is there', () => {
    const env = { PATH: '/bin', NODE_OPTIONS: '--x' };
    expect(reportingEnvironment(env, '/tmp/r/1-')).toEqual({
      PATH: '/bin',
      NODE_OPTIONS: expect.stringMatching(/^--require \S*children\/preload\.js --x$/),
      HIGHWATER_CHILD_REPORTS: '/tmp/r/1-',
    });
    expect(env).toEqual({ PATH: '/bin', NODE_OPTIONS: '--x' });
  });

  it.each(['--permission', '--x --experimental-permission'])(
    'leaves %s alone',
    (options) => {
      const env = { NODE_OPTIONS: options };
      expect(reportingEnvironment(env, '/tmp/r/1-')).toEqual(env);
    },
  );
});

describe('setEnvironment', () => {
  it('puts everything back', () => {
    const plain: NodeJS.ProcessEnv = { PATH: '/bin' };
    const own: NodeJS.ProcessEnv = { NODE_OPTIONS: '--x', HIGHWATER_CHILD_REPORTS: 'a' };
    const { setPrefix, restore } = setEnvironment([plain, own], '/tmp/r/1-');
    expect(own).toEqual({
      NODE_OPTIONS: expect.stringMatching(/^--require \S*preload\.js --x$/),
      HIGHWATER_CHILD_REPORTS: '/tmp/r/1-',
    });
    setPrefix('/tmp/r/2-');
    expect(plain.HIGHWATER_CHILD_REPORTS).toBe('/tmp/r/2-');
    restore();
    expect(plain).toEqual({ PATH: '/bin' });
    expect(own).toEqual({ NODE_OPTIONS: '--x', HIGHWATER_CHILD_REPORTS: 'a' });
  });

  it('takes only its own from what a test has put there', () => {
    const env: NodeJS.ProcessEnv = { NODE_OPTIONS: '--x' };
    const { restore } = setEnvironment([env], '/tmp/r/1-');
    env.NODE_OPTIONS += ' --y';
    restore();
    expect(env).toEqual({ NODE_OPTIONS: '--x --y' });
  });

  it('changes nothing under the permission model', () => {
    const env: NodeJS.ProcessEnv = { NODE_OPTIONS: '--permission' };
    const { setPrefix, restore } = setEnvironment([env], '/tmp/r/1-');
    setPrefix('/tmp/r/2-');
    expect(env).toEqual({ NODE_OPTIONS: '--permission' });
    restore();
    expect(env).toEqual({ NODE_OPTIONS: '--permission' });
  });
});

describe('peakOf', () => {
  const end = { exitCode: 0, durationMs: 1 };

  it('takes what the process told, or more if that was seen', () => {
    const told = { ...end, peakRssBytes: 50 };
    expect(peakOf(told, 40)).toEqual({ peakRssBytes: 50, isPeakExact: true });
    expect(peakOf(told, 60)).toEqual({ peakRssBytes: 60, isPeakExact: true });
    expect(peakOf(told, { unavailable: 'x' })).toEqual({
      peakRssBytes: 50,
      isPeakExact: true,
    });
  });

  it('takes what was seen where nothing was told', () => {
    expect(peakOf(end, 40)).toEqual({ peakRssBytes: 40, isPeakExact: false });
    expect(peakOf(undefined, { unavailable: 'x' })).toEqual({
      peakRssBytes: { unavailable: 'x' },
      isPeakExact: false,
    });
  });
});

describe('whyNoReport', () => {
  it.each([
    [false, undefined, /^it is not Node$/],
    [true, false, /without what makes it report: pass/],
    [undefined, false, /if it is Node, pass/],
    [true, true, /ended before it could load/],
    [undefined, undefined, /not Node, or ended/],
  ])('where it is Node: %s, and asked: %s', (isNode, isAskedToReport, expected) => {
    expect(whyNoReport({ isNode, isAskedToReport })).toMatch(expected);
  });
});
