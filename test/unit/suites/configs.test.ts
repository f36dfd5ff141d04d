import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findConfig,
  jestConfig,
  vitestConfig,
  writeConfigs,
} from '../../suites/configs.mjs';
import { commandLine } from '../../suites/run-once.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'highwater-configs-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const imported = (text: string) =>
  import(`data:text/javascript,${encodeURIComponent(text)}`).then(({ default: config }) =>
    config(),
  );

describe('findConfig', () => {
  it("takes Vitest's own file before Vite's", () => {
    writeFileSync(join(dir, 'vite.config.ts'), '');
    expect(findConfig(dir, 'vitest')).toBe('vite.config.ts');
    writeFileSync(join(dir, 'vitest.config.js'), '');
    expect(findConfig(dir, 'vitest')).toBe('vitest.config.js');
    expect(findConfig(dir, 'jest')).toBeUndefined();
  });
});

describe('vitestConfig', () => {
  it('differs by the plugin alone', () => {
    const plain = vitestConfig('vite.config.ts', 'plain');
    const tracked = vitestConfig('vite.config.ts', 'tracked');
    expect(plain).not.toContain('highwater');
    expect(
      tracked
        .replace("import { highwater } from '@highwater/vitest';\n", '')
        .replace('highwater({ track: true })', ''),
    ).toBe(plain);
  });
});

describe('jestConfig', () => {
  const inline = { testTimeout: 5, setupFilesAfterEnv: ['./own.js'] };

  it('leaves the config as it is without highwater', async () => {
    expect(await imported(jestConfig({ inline }, 'plain'))).toEqual(inline);
  });

  it('adds the setup file and the reporter behind those of the project', async () => {
    expect(await imported(jestConfig({ inline }, 'tracked'))).toEqual({
      testTimeout: 5,
      setupFilesAfterEnv: ['./own.js', '@highwater/jest'],
      reporters: ['default', ['@highwater/jest/reporter', { track: true }]],
    });
  });

  it('adds the setup file to every project that is written out', async () => {
    const projects = [{ displayName: 'a' }, '<rootDir>/b'];
    const config = await imported(jestConfig({ inline: { projects } }, 'tracked'));
    expect(config.projects).toEqual([
      { displayName: 'a', setupFilesAfterEnv: ['@highwater/jest'] },
      '<rootDir>/b',
    ]);
  });
});

describe('writeConfigs', () => {
  it("takes Jest's config from package.json where there is no file", async () => {
    writeFileSync(join(dir, 'package.json'), '{ "jest": { "testTimeout": 7 } }');
    const { plain } = writeConfigs(dir, 'jest', undefined);
    const { default: config } = await import(join(dir, plain));
    expect(await config()).toEqual({ testTimeout: 7 });
  });
});

describe('commandLine', () => {
  it("puts the script's arguments behind the project's, for a shell", () => {
    expect(commandLine('jest', 'jest --ci', 'a.mjs', "/tmp/it's")).toBe(
      "jest --ci '--config=a.mjs' '--json' '--outputFile=/tmp/it'\\''s'",
    );
  });
});
