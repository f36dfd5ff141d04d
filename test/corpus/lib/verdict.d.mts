export type Verdict = 'pass' | 'leak' | 'undecided' | 'error';
export function verdictOf(text: string | null): Verdict;
