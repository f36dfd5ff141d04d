// What toNotLeak found, from its failure text: the matcher tells nobody else.

/**
 * @param {string | null} text of the matcher's error; null when it threw none
 * @returns {'pass' | 'leak' | 'undecided' | 'error'}
 */
export function verdictOf(text) {
  if (text === null) return 'pass';
  const [headline = ''] = text.split('\n');
  const [, fact] = /^Expected .+ not to leak, but (.+)\.$/.exec(headline) ?? [];
  if (fact === undefined) return 'error';
  if (/\bis undecided\b/.test(fact)) return 'undecided';
  const isLeak =
    /\bkeeps? .+ alive\b/.test(fact) ||
    /\badds? .+ to an? /.test(fact) ||
    /\bleaves? .+ open\b/.test(fact);
  return isLeak ? 'leak' : 'error';
}
