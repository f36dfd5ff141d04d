// Variables, and the modules that export them.

import type { HeapNode } from '../../native.js';
import {
  functionAt,
  type Match,
  type PlaceWorld,
  placeAt,
  type RawPath,
} from '../raw-path.js';

/** ModuleWrap -> module -> its code, suspended for good -> Context -> variable */
export function moduleVariable(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): Match | undefined {
  if (!isModule(raw, at) || !raw.isContext(at + 2)) return undefined;
  const match = scope(raw, at + 2, world);
  return match && { ...match, isModuleLevel: true };
}

/** ... -> module -> list of cells -> Cell -> value */
export function moduleExport(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): Match | undefined {
  let module = at;
  while (raw.isContext(module)) module++;
  if (!isModule(raw, module)) return undefined;
  let held = module + 1;
  while (raw.isArray(held) || raw.name(held) === 'system / Cell') held++;
  if (held < module + 2) return undefined;
  const inside =
    functionAt(raw, at - 1) ?? world.functionInScope(raw.node(module) as HeapNode);
  const place =
    (inside && world.placeOf(inside)) ??
    (raw.isFunction(held) ? placeAt(raw, held, world) : undefined);
  const value = raw.node(held);
  return {
    kind: 'export',
    name: (inside && value && world.variableName(inside, value)) ?? '',
    at: held,
    isForGood: true,
    place: place && { file: place.file, line: 0, column: 0 },
  };
}

/** Module -> exports -> property */
export function cjsExport(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at - 1) !== 'Module' || raw.edge(at) !== 'exports') return undefined;
  return raw.edgeType(at + 1) === 'property'
    ? { kind: 'export', name: raw.edge(at + 1), at: at + 1, isForGood: true }
    : { kind: 'export', at, isForGood: true };
}

/** function -> Context -> (outer Context ->)* variable */
export function scope(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  if (!raw.isContext(at)) return undefined;
  let variable = at + 1;
  while (raw.isContext(variable)) variable++;
  if (raw.edge(variable) === 'extension') return undefined;
  const value = raw.node(variable);
  const inside =
    functionAt(raw, at - 1) ?? world.functionInScope(raw.node(at) as HeapNode);
  const name =
    raw.edgeType(variable) === 'context'
      ? raw.edge(variable)
      : ((inside && value && world.variableName(inside, value)) ?? '');
  const seen = inside && world.placeOf(inside);
  const declared =
    name === '' || seen === undefined ? undefined : world.declarationOf(name, seen.file);
  return {
    kind: 'variable',
    name,
    at: variable,
    place:
      seen && declared
        ? { file: seen.file, line: declared.line, column: declared.column }
        : seen,
    isModuleLevel: declared?.isModuleLevel ?? false,
    ...(raw.isFunction(at - 1) && { seenBy: raw.name(at - 1) }),
  };
}

function isModule(raw: RawPath, at: number): boolean {
  return raw.name(at).startsWith('system / SourceTextModule');
}
