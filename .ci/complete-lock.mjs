// Run after changing dependencies behind a registry that lacks the binaries of
// other platforms: npm leaves these out of the lock file, and `npm ci` then refuses
// it. Adds each missing optional platform package, in the version its parent wants.
//
//   node .ci/complete-lock.mjs

import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

const SYSTEMS =
  /(android|darwin|linux|win32|freebsd|netbsd|openbsd|openharmony|sunos|aix)/;
const PROCESSORS = /(arm64|arm|x64|ia32|loong64|mips64el|ppc64|riscv64|s390x)/;

function platformOf(name) {
  const [, os] = SYSTEMS.exec(name) ?? [];
  const [, cpu] = PROCESSORS.exec(name) ?? [];
  if (os === undefined || cpu === undefined) return undefined;
  const libc = name.includes('musl') ? 'musl' : /-gnu/.test(name) ? 'glibc' : undefined;
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] };
}

const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`node_modules/${name}`, `${path}/node_modules/${name}`];
    if (places.some((place) => lock.packages[place])) continue;
    const platform = platformOf(name);
    if (platform === undefined || !/^\d/.test(version)) continue;
    const { cpu, ...rest } = platform;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...rest,
    };
    added.push(name);
  }
}

const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} platform packages added`, added);
