export function identifiersOf(culprit: string): readonly string[];
export function namedIn(culprit: string, text: string): string | null;
