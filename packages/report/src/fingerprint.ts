// A name for a finding that stays the same from run to run, so that CI systems recognise it.

import type { Finding } from './gate.js';

/** 32 hexadecimal digits of what is wrong with which test; lines and numbers change, this does not. */
export function fingerprintOf(finding: Finding): string {
  const what = 'limit' in finding ? finding.limit.metric : '';
  const entry = finding.kind === 'baseline' ? finding.outcome.entry : '';
  const text = [finding.kind, finding.direction, finding.key, what, entry].join('\0');
  return [0, 1, 2, 3].map((seed) => fnv1a(text, seed)).join('');
}

/** FNV-1a, 32 bits; http://www.isthe.com/chongo/tech/comp/fnv/. A name, not a secret. */
function fnv1a(text: string, seed: number): string {
  let hash = 0x811c9dc5 ^ seed;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
