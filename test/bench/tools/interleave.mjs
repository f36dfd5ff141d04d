/**
 * Times everything once per round, A B C A B C, forwards and backwards in turn, so that
 * neither a busy machine nor a growing heap falls on one of them.
 *
 * @param {number} rounds the first is not counted
 * @param {Readonly<Record<string, () => () => void>>} subjects each prepares, untimed,
 *   what is then timed
 * @returns {Record<string, number[]>} milliseconds per round
 */
export function interleave(rounds, subjects) {
  const names = Object.keys(subjects);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const run = subjects[name]();
      const start = performance.now();
      run();
      const ms = performance.now() - start;
      if (round > 0) samples[name].push(ms);
    }
  }
  return samples;
}
