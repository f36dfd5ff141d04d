// What a folder of cases asks for: its cases, and the runs of each.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from './usage-error.mjs';

const CLASSES = ['leak', 'nonleak', 'hard'];

/**
 * Every case of a folder, by name.
 * @param {string} folder
 */
export function readCases(folder) {
  const cases = join(folder, 'cases');
  if (!existsSync(cases)) throw usageError(`${folder} has no folder \`cases\`.`);
  const names = readdirSync(cases).filter((name) =>
    existsSync(join(cases, name, 'case.json')),
  );
  if (names.length === 0) throw usageError(`${cases} has no cases.`);
  return names.sort().map((name) => readCase(join(cases, name), name));
}

function readCase(folder, name) {
  const file = join(folder, 'case.json');
  const driver = join(folder, 'driver.mjs');
  if (!existsSync(driver)) throw usageError(`${driver} is missing.`);
  let content;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageError(`${file}: ${error.message}`);
  }
  const needed = (field) => {
    if (typeof content[field] === 'string') return;
    throw usageError(`${file}: \`${field}\` is not a string.`);
  };
  needed('package');
  needed('leaky');
  const { class: kind = 'leak' } = content;
  if (!CLASSES.includes(kind)) {
    throw usageError(
      `${file}: \`class\` is ${JSON.stringify(kind)}, none of ${CLASSES}.`,
    );
  }
  return { ...content, ...content.run, name, class: kind, driver };
}

/**
 * The cases that patterns name: a name, or the start of names and a `*`.
 * @param {readonly { name: string }[]} cases
 * @param {readonly string[]} patterns all cases when empty
 */
export function selectCases(cases, patterns) {
  const matches = (pattern) => (name) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  for (const pattern of patterns) {
    if (!cases.some(({ name }) => matches(pattern)(name))) {
      throw usageError(`No case is called ${pattern}.`);
    }
  }
  return cases.filter(
    ({ name }) => patterns.length === 0 || patterns.some((one) => matches(one)(name)),
  );
}

/**
 * The runs of a case, one for each version.
 * @param {object} one a case of {@link readCases}
 * @param {number} major the Node to use where the case leaves that open
 */
export function runsOf(one, major) {
  const hasFixed = one.class === 'leak' && one.fixed;
  return (hasFixed ? ['leaky', 'fixed'] : ['leaky']).map((which) => {
    const leaks = which === 'leaky' && one.class !== 'nonleak';
    const node = nodeOf(one, which, major);
    return {
      case: one.name,
      class: one.class,
      kind: one.kind,
      which,
      // Of Node itself: the one it runs on.
      version: one.package === 'node' && node.major ? `node${node.major}` : one[which],
      expected: leaks ? 'leak' : 'pass',
      unconfirmed: one.undecided ?? null,
      culprit: leaks ? (one.expectedCulprit ?? null) : null,
      driver: one.driver,
      package: one.package,
      alias: aliasOf(one, which),
      node,
      nodeArgs: one.nodeArgs ?? [],
      env: { NODE_ENV: one.nodeEnv ?? 'production', ...one.env },
    };
  });
}

function aliasOf(one, which) {
  if (one.alias?.[which]) return one.alias[which];
  // Where one version is asked, it has its own name.
  if (one.package === 'node' || one.class !== 'leak') return one.package;
  return `${one.aliasBase ?? one.name}-${which}`;
}

/** A major, or the alias of an installed binary. */
function nodeOf(one, which, major) {
  if (one.package !== 'node') {
    return { major: Math.max(major, one.node ? majorOf(one, one.node) : 0) };
  }
  const version = one[which];
  if (!/^node\d+$/.test(version)) return { alias: `node-bin-${version}` };
  // A version is the point of a leak of Node itself; elsewhere it is the oldest that will do.
  const wanted = majorOf(one, version);
  return { major: one.class === 'leak' ? wanted : Math.max(major, wanted) };
}

function majorOf({ name }, text) {
  const [, major] = /^node(\d+)$/.exec(text) ?? [];
  if (major === undefined) {
    throw usageError(
      `Case ${name}: ${JSON.stringify(text)} is no Node such as "node20".`,
    );
  }
  return Number(major);
}
