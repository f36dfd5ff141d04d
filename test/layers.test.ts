import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findViolations, importsOf } from './tools/layers.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every source file of the packages and of the addon. */
function readRepository(): ReadonlyMap<string, string> {
  const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join('packages', entry.name, 'src'));
  const files = ['native/src', ...packages].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|cc|h)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(
    files.map((file) => [relative(root, file), readFileSync(file, 'utf8')] as const),
  );
}

function violationsOf(files: Readonly<Record<string, string>>): readonly string[] {
  return findViolations(new Map(Object.entries(files)));
}

describe('the house', () => {
  it('has no upward and no sideways import', () => {
    const tree = readRepository();
    expect(tree.size).toBeGreaterThan(10);
    expect(findViolations(tree)).toEqual([]);
  });
});

describe('findViolations', () => {
  it('accepts downward imports', () => {
    expect(
      violationsOf({
        'packages/core/src/types.ts': '',
        'packages/core/src/errors.ts': "import type { Tier } from './types.js';",
        'packages/core/src/measure/peak.ts': "import { errors } from '../errors.ts';",
        'packages/core/src/measure.ts': "import { peak } from './measure/peak.js';",
        'packages/vitest/src/setup.ts': "import { matchers } from '@highwater/core';",
        'native/src/v8/tier.h': '#include <v8.h>',
        'native/src/session.h': '#include "v8/tier.h"\n#include <memory>',
        'native/src/addon.cc': '#include <napi.h>\n#include "session.h"',
      }),
    ).toEqual([]);
  });

  it('fails an upward import', () => {
    expect(
      violationsOf({
        'packages/core/src/bytes.ts': "import { measure } from './measure.js';",
        'packages/core/src/measure.ts': '',
      }),
    ).toEqual(["packages/core/src/bytes.ts: imports upward: './measure.js'."]);
  });

  it('fails a sideways import', () => {
    expect(
      violationsOf({
        'packages/core/src/gc.ts': "export * from './tier.js';",
        'packages/core/src/tier.ts': '',
      }),
    ).toEqual(["packages/core/src/gc.ts: imports sideways: './tier.js'."]);
  });

  it('fails a cycle within one folder', () => {
    expect(
      violationsOf({
        'packages/core/src/measure/a.ts': "import { b } from './b.js';",
        'packages/core/src/measure/b.ts': "import type { A } from './a.js';",
      }),
    ).toEqual([
      'packages/core/src/measure/a.ts: imports itself: packages/core/src/measure/a.ts -> ' +
        'packages/core/src/measure/b.ts -> packages/core/src/measure/a.ts.',
    ]);
  });

  it('fails a file that nobody listed, and says where to list it', () => {
    expect(
      violationsOf({
        'packages/core/src/utils.ts': '',
        'packages/web/src/index.ts': '',
        'native/src/misc.cc': '',
      }),
    ).toEqual([
      "native/src/misc.cc: 'misc' has no place in the house. Add it to NATIVE_RUNGS in test/tools/layers.ts.",
      "packages/core/src/utils.ts: 'utils' has no place in the house. Add it to CORE_RUNGS in test/tools/layers.ts.",
      "packages/web/src/index.ts: the package 'web' is not in the house. Add it to PACKAGE_IMPORTS in test/tools/layers.ts.",
    ]);
  });

  it.each([
    ['core', 'vitest'],
    ['core', '@jest/globals'],
    ['vitest', '@highwater/native'],
    ['vitest', '@highwater/core/dist/esm/index.js'],
    ['vitest', '@jest/globals'],
    ['jest', 'vitest'],
    ['jest', '@highwater/vitest'],
  ])('fails when %s imports %s', (name, specifier) => {
    const path = `packages/${name}/src/index.ts`;
    expect(violationsOf({ [path]: `import type { X } from '${specifier}';` })).toEqual([
      `${path}: ${name} must not import '${specifier}'.`,
    ]);
  });

  it('fails an import out of the package', () => {
    expect(
      violationsOf({
        'packages/jest/src/index.ts': "await import('../../core/src/index.js');",
      }),
    ).toEqual([
      "packages/jest/src/index.ts: '../../core/src/index.js' leaves the package.",
    ]);
  });

  it.each([
    ['native/src/track/live_blocks.h', '<v8.h>', "'track' must not know V8"],
    [
      'native/src/heap/retention.h',
      '<unistd.h>',
      "'heap' sees the standard library only",
    ],
    ['native/src/linux/got_patcher.cc', '<v8.h>', "'linux' must not know V8"],
    ['native/src/linux/got_patcher.cc', '"v8/tier.h"', 'imports sideways'],
    ['native/src/v8/tier.cc', '"linux/stack.h"', 'imports sideways'],
    ['native/src/v8/tier.cc', '"../session.h"', 'imports upward'],
    ['native/src/v8/tier.cc', '<napi.h>', 'only addon.cc and addon/ may include'],
    ['native/src/session.cc', '<node_api.h>', 'only addon.cc and addon/ may include'],
    ['native/src/v8/tier.cc', '"gone.h"', 'does not exist'],
  ])('fails when %s includes %s', (path, header, sentence) => {
    const violations = violationsOf({
      'native/src/v8/tier.h': '',
      'native/src/linux/stack.h': '',
      'native/src/session.h': '',
      [path]: `#include ${header}\n`,
    });
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(sentence);
  });
});

describe('importsOf', () => {
  it('finds every kind of import and nothing in comments', () => {
    expect(
      importsOf(`
        import a, {
          b,
        } from './static.js';
        export type { C } from "./exported.js";
        import './side-effect.js';
        const d = await import('./dynamic.js');
        type E = import('./type.js').E;
        declare module './augmented.js' {}
        // import f from './line.js';
        /* import g from './block.js'; */
        const url = 'http://example.test'; import h from './after.js';
      `).toSorted(),
    ).toEqual(
      [
        './static.js',
        './exported.js',
        './side-effect.js',
        './dynamic.js',
        './type.js',
        './augmented.js',
        './after.js',
      ].toSorted(),
    );
  });
});
