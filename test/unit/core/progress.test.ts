import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isProgressWanted,
  type LongPass,
  PassWatch,
  tellPasses,
  underWay,
} from '../../../packages/core/src/progress.js';
import { formatPass } from '../../../packages/report/src/index.js';

describe('passes that take long', () => {
  let channel: string;
  let told: LongPass[];
  let watch: PassWatch;
  beforeEach(() => {
    channel = mkdtempSync(join(tmpdir(), 'highwater-test-'));
    told = [];
    watch = new PassWatch(channel, (pass) => told.push(pass));
    tellPasses(channel, '/a.test.ts');
  });
  afterEach(() => {
    watch.close();
    tellPasses(undefined, '');
    rmSync(channel, { recursive: true });
  });
  const later = (seconds: number): void => watch.look(Date.now() + seconds * 1_000);

  it('are told of once they have taken two seconds', () => {
    underWay('toNotLeak', 'keeps nothing', () => {
      later(1);
      expect(told).toEqual([]);
      later(3);
      later(4);
    });
    later(60);
    expect(told).toEqual([
      {
        what: 'toNotLeak',
        name: 'keeps nothing',
        durationMs: expect.closeTo(3_000, -3) as number,
      },
    ]);
  });

  it('are told of again every ten seconds', () => {
    underWay('toNotLeak', 'keeps nothing', () => {
      for (let seconds = 0.5; seconds < 30; seconds++) later(seconds);
    });
    expect(told.map(({ durationMs }) => Math.floor(durationMs / 1_000))).toEqual([
      2, 12, 22,
    ]);
  });

  it('end with their promise', async () => {
    let end = (): void => {};
    const pending = underWay('toNotLeak', undefined, () => {
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    later(3);
    expect(told.map(({ name }) => name)).toEqual(['/a.test.ts']);
    end();
    await pending;
    expect(readdirSync(join(channel, 'progress'))).toEqual([]);
  });

  it('end when they throw', () => {
    const failing = (): never => {
      throw new Error('no');
    };
    expect(() => underWay('measure', 'fails', failing)).toThrow('no');
    expect(readdirSync(join(channel, 'progress'))).toEqual([]);
  });

  it('are over with their file', () => {
    underWay('toNotLeak', 'stopped', () => {
      watch.forget('/a.test.ts');
      later(3);
    });
    expect(told).toEqual([]);
  });

  it('are nobody’s business when nobody watches', () => {
    watch.close();
    tellPasses(channel, '/a.test.ts');
    expect(underWay('toNotLeak', 'quiet', () => 1)).toBe(1);
    expect(readdirSync(channel)).toEqual([]);
  });
});

describe('who wants to see it', () => {
  const terminal = { isTTY: true };

  it('is somebody at a terminal', () => {
    expect(isProgressWanted({}, [terminal, terminal])).toBe(true);
    expect(isProgressWanted({ CI: 'false' }, [terminal])).toBe(true);
  });

  it.each([
    ['in CI', { CI: '1' }, terminal],
    ['in a file', {}, {}],
    ['in a terminal that cannot', { TERM: 'dumb' }, terminal],
  ])('is nobody %s', (_, env, stream) => {
    expect(isProgressWanted(env, [terminal, stream])).toBe(false);
  });
});

it('is one line, however long a name is', () => {
  const pass = { what: 'toNotLeak', name: `a\n${'b'.repeat(200)}`, durationMs: 12_400 };
  const line = formatPass(pass, 60);
  expect(line).toMatch(/^ highwater: 12 s in toNotLeak: a.*b+\.\.\.b+$/);
  expect(line.length).toBeLessThanOrEqual(60);
});
