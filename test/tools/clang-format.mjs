// Formats every C++ file, or with --check says which are not formatted.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const clangFormat = createRequire(import.meta.url).resolve('clang-format/index.js');

const files = ['native/src', 'test/native', 'test/victims']
  .filter((directory) => existsSync(join(root, directory)))
  .flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  // Packages that tests install bring sources of their own.
  .filter((file) => !file.slice(root.length).includes('/node_modules/'))
  .sort();

const mode = process.argv.includes('--check') ? ['--dry-run', '-Werror'] : ['-i'];
if (files.length > 0) {
  const { status } = spawnSync(
    process.execPath,
    [clangFormat, ...mode, '--style=file', ...files],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  process.exitCode = status ?? 1;
}
