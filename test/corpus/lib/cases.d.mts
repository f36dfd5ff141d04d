export interface Case {
  readonly name: string;
  readonly class: 'leak' | 'nonleak' | 'hard';
  readonly package: string;
  readonly leaky: string;
  readonly driver: string;
  readonly fixed?: string | null;
  readonly kind?: string;
  readonly metric?: string;
  readonly expectedCulprit?: string | null;
  readonly undecided?: string;
  readonly alias?: Readonly<Record<string, string>>;
  readonly aliasBase?: string;
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
  readonly nodeEnv?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Run {
  readonly case: string;
  readonly class: Case['class'];
  readonly kind: string | undefined;
  readonly which: 'leaky' | 'fixed';
  readonly version: string;
  readonly expected: 'leak' | 'pass';
  readonly unconfirmed: string | null;
  readonly culprit: string | null;
  readonly driver: string;
  readonly package: string;
  readonly alias: string;
  readonly node: { readonly major: number } | { readonly alias: string };
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function readCases(folder: string): readonly Case[];
export function selectCases<C extends { readonly name: string }>(
  cases: readonly C[],
  patterns: readonly string[],
): readonly C[];
export function runsOf(one: Case, major: number): readonly Run[];
