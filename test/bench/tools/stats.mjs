/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of the ratios of two columns, pair by pair: both halves of a pair were
 * measured next to each other, so what the machine did meanwhile cancels out.
 * @param {readonly number[]} values
 * @param {readonly number[]} bases
 */
export function medianRatio(values, bases) {
  return median(values.map((value, index) => value / bases[index]));
}
