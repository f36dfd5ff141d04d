// Where in a JSON text something is. Numbers of lines and columns start at 1.

import type { MemberNode, ObjectNode, ValueNode } from '@humanwhocodes/momoa';
import { momoa } from '../on-demand.js';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a text, where it is known. */
export interface Flaw {
  readonly problem: string;
  readonly at?: Position;
}

/** The first thing that is no JSON; `undefined` when all of it is. */
export function syntaxFlaw(text: string): Flaw | undefined {
  try {
    momoa().parse(text, { mode: 'json' });
    return undefined;
  } catch (error) {
    const { message, line, column } = error as Error & Partial<Position>;
    if (line === undefined || column === undefined) {
      return { problem: 'it is nested too deeply' };
    }
    const rest = text
      .split('\n')
      .slice(line - 1)
      .join('\n')
      .slice(column - 1);
    const [token = ''] = /^(?:"(?:[^"\\\n]|\\.)*"?|[\w.+-]+|[^\n]|$)/.exec(rest) ?? [];
    // The parser names the last thing it understood when nothing comes after it.
    const isLast = rest.slice(token.length).trim() === '';
    if (message.startsWith('Unexpected end') || (isLast && !/[}\]]\s*$/.test(text))) {
      return { problem: 'it ends in the middle', at: endOf(text) };
    }
    return { problem: `"${token}" is not JSON here`, at: { line, column } };
  }
}

/** Keys and indexes, from the outside. */
export type Path = readonly (string | number)[];

/** Where the value at a path is, or the innermost thing around it that exists. */
export function positionOf(text: string, path: Path): Position | undefined {
  let node = bodyOf(text);
  let at: Position | undefined = node?.loc.start;
  for (const key of path) {
    if (node?.type === 'Object') {
      // Of equal keys the last one counts.
      const member: MemberNode | undefined = node.members.findLast(
        (candidate) => nameOf(candidate) === key,
      );
      if (member === undefined) break;
      at = member.loc.start;
      node = member.value;
    } else if (node?.type === 'Array' && typeof key === 'number') {
      node = node.elements[key]?.value;
      at = node?.loc.start ?? at;
    } else break;
  }
  return at === undefined ? undefined : { line: at.line, column: at.column };
}

/** A key that an object has twice: `JSON.parse` would drop the first without a word. */
export function duplicateKey(
  text: string,
): { readonly key: string; readonly at: Position } | undefined {
  const open: ValueNode[] = [];
  const body = bodyOf(text);
  if (body !== undefined) open.push(body);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Array') open.push(...node.elements.map(({ value }) => value));
    if (node.type !== 'Object') continue;
    const twice = duplicateIn(node);
    if (twice !== undefined) {
      const { line, column } = twice.loc.start;
      return { key: nameOf(twice), at: { line, column } };
    }
    open.push(...node.members.map(({ value }) => value));
  }
  return undefined;
}

function duplicateIn({ members }: ObjectNode): MemberNode | undefined {
  const seen = new Set<string>();
  return members.find((member) => {
    const name = nameOf(member);
    if (seen.has(name)) return true;
    seen.add(name);
    return false;
  });
}

function nameOf({ name }: MemberNode): string {
  return name.type === 'String' ? name.value : name.name;
}

function bodyOf(text: string): ValueNode | undefined {
  try {
    return momoa().parse(text, { mode: 'json' }).body;
  } catch {
    return undefined;
  }
}

/** Just behind its last character. */
export function endOf(text: string): Position {
  const lines = text.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
