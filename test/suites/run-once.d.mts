export function commandLine(
  runner: 'vitest' | 'jest',
  command: string,
  config: string,
  results: string,
): string;
