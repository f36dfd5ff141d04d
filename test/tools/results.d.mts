export function resultsFile(suite: string): {
  reporters?: string[];
  outputFile?: { json: string };
};
export function writeResults(
  suite: string,
  counts: { readonly passed: number; readonly failed: number },
): void;
