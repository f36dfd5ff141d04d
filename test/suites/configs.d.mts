type Runner = 'vitest' | 'jest';
type Way = 'plain' | 'tracked';

export const WAYS: readonly Way[];
export function findConfig(dir: string, runner: Runner): string | undefined;
export function vitestConfig(own: string | undefined, way: Way): string;
export function jestConfig(
  own: { readonly file: string } | { readonly inline: object },
  way: Way,
): string;
export function writeConfigs(
  dir: string,
  runner: Runner,
  chosen: string | undefined,
): Readonly<Record<Way, string>>;
