// Modules in the registries of Jest, of Vite and of Node's CommonJS: by file, with `exports`.

import type { Match, RawPath } from './raw-path.js';

export function isModuleFile(
  match: Match,
  raw: RawPath,
  next: Match | undefined,
): boolean {
  return (
    moduleFile(match, raw) !== undefined &&
    next?.kind === 'property' &&
    /^(?:exports|module|namespace)$/.test(next.name ?? '')
  );
}

function moduleFile(match: Match, raw: RawPath): string | undefined {
  const key = match.kind === 'map-entry' ? raw.key(match.at) : undefined;
  const name = match.kind === 'property' ? match.name : key?.name;
  return name !== undefined && /^(?:\/|[A-Za-z]:[\\/]|file:\/\/).*\.\w+$/.test(name)
    ? name
    : undefined;
}

/** entry "/path/of/module.ts" -> exports -> name: an export of that module. */
export function namedModules(matches: readonly Match[], raw: RawPath): readonly Match[] {
  const [first, second, third, ...rest] = matches;
  if (first === undefined || second === undefined || !isModuleFile(first, raw, second)) {
    return matches;
  }
  const place = { file: moduleFile(first, raw) ?? '', line: 0, column: 0 };
  if (third?.kind !== 'property') {
    return [{ kind: 'export', at: second.at, place }, ...matches.slice(2)];
  }
  return [
    {
      kind: 'export',
      name: (third.name ?? '').replace(/^get /, ''),
      at: third.at,
      keyAt: -1,
      place,
    },
    ...rest,
  ];
}
