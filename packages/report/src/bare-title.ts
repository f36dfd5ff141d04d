// What is left of a text when data is taken out of it: moments, identifiers, numbers.

const DATA: readonly (readonly [pattern: RegExp, word: string])[] = [
  // 2026-11-28T19:00:00.000Z, 2026-11-28 19:00, 2026-11-28
  [
    /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/gi,
    '<time>',
  ],
  // 28/11/2026, 11.28.26
  [/\b\d{1,2}([/.])\d{1,2}\1\d{2,4}\b/g, '<time>'],
  // 19:00, 19:00:00.000
  [/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[ap]m\b)?/gi, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  // Hexadecimal digits that are no word: a number is among them, or a `0x` before them.
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,}\b/gi, '<id>'],
  // 12 ms, 1.5s
  [
    /(?<![\w.])\d+(?:[.,]\d+)*\s?(?:ns|us|µs|ms|s|sec|secs|seconds?|min|mins|minutes?|h|hours?)\b/gi,
    '<number>',
  ],
  [/\d+(?:[.,_]\d+)*/g, '<number>'],
];

/** `works at 2026-11-28T19:00:00.000Z` as `works at <time>`. */
export function bareTitle(text: string): string {
  return DATA.reduce((bare, [pattern, word]) => bare.replace(pattern, word), text);
}
