export interface Session {
  readonly id: string;
  readonly data: number[];
}

const sessions = new Map<string, Session>();

export function createSession(id: string): Session {
  const session = { id, data: [1, 2, 3] };
  sessions.set(id, session);
  return session;
}

let n = 0;
export function handle(): number {
  const s = createSession(`id-${n++}`);
  return s.data.length;
}

export class Tokenizer {
  constructor(private readonly text: string) {}
  *tokens() {
    for (const word of this.text.split(' ')) yield { word, length: word.length };
  }
}

export function tokenize(text: string): number {
  const tokens = [...new Tokenizer(text).tokens()];
  return tokens.length;
}
export async function later(): Promise<number> {
  await new Promise((r) => setTimeout(r, 1));
  return tokenize('a b c');
}
