// Splits an arithmetic expression into tokens.

export interface Token {
  readonly kind: 'number' | 'name' | 'operator';
  readonly text: string;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([-+*/()]))/y;

/** All tokens at once. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    tokens.push(nextToken(source));
  }
  return tokens;
}

/** Whether the parentheses of an expression match; makes no tokens. */
export function isBalanced(source: string): boolean {
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code === 0x28) depth++;
    if (code === 0x29 && --depth < 0) return false;
  }
  return depth === 0;
}

function nextToken(source: string): Token {
  const start = TOKEN.lastIndex;
  const match = TOKEN.exec(source);
  if (match === null) throw new SyntaxError(`Unexpected text at ${start}`);
  const [, number, name, operator = ''] = match;
  if (number !== undefined) return { kind: 'number', text: number };
  if (name !== undefined) return { kind: 'name', text: name };
  return { kind: 'operator', text: operator };
}
