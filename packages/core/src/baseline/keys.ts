// Which entry a call of the matcher is: the test, a number where names repeat, the `name` option.

/** A test as its runner knows it. */
export interface TestName {
  /** Titles from the outermost `describe` to the test. */
  readonly titles: readonly string[];
  /** 0 for the first test of these titles in its file, 1 for the second; in the order written. */
  readonly ordinal: number;
}

/** Names of a file's tests, from their titles in the order written. */
export function nameTests<Test>(
  tests: Iterable<readonly [test: Test, titles: readonly string[]]>,
): ReadonlyMap<Test, TestName> {
  const seen = new Map<string, number>();
  const names = new Map<Test, TestName>();
  for (const [test, titles] of tests) {
    const key = JSON.stringify(titles);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    names.set(test, { titles, ordinal });
  }
  return names;
}

/** `parser > parses a large document`, `... (2)` for the second test of that name. */
export function testKey({ titles, ordinal }: TestName): string {
  const name = titles.join(' > ');
  return ordinal === 0 ? name : `${name} (${ordinal + 1})`;
}

/**
 * @param name the option; `''` for none
 * @param call 0 for the first baseline of that name in the test
 */
export function entryKey(test: TestName, name: string, call: number): string {
  const base = name === '' ? testKey(test) : `${testKey(test)}: ${name}`;
  return call === 0 ? base : `${base} [${call + 1}]`;
}

/** Whether an entry may be one of a test's. */
export function belongsTo(entry: string, test: TestName): boolean {
  const key = testKey(test);
  return (
    entry === key ||
    entry.startsWith(`${key}: `) ||
    (entry.startsWith(`${key} [`) && /^\d+\]$/.test(entry.slice(key.length + 2)))
  );
}
