// How steady each function is, a line for each.

import { readFileSync } from 'node:fs';

const manifest = new URL('package.json', import.meta.url);
const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));

export function tableHead(change) {
  const names = [
    'function',
    'library',
    'bytes',
    'distinct',
    'spread',
    'objects',
    'distinct',
    'spread',
    'native bytes',
    'false alarms',
    `+${change * 100} % found`,
  ];
  return `| ${names.join(' | ')} |\n| ${names.map(() => '---').join(' | ')} |`;
}

/**
 * @param {string} name
 * @param {string} library
 * @param {object} result
 * @param {readonly object[]} result.records
 * @param {number} result.compared pairs of records
 * @param {readonly object[]} result.alarms
 * @param {readonly object[]} result.found the records that a change was found against
 */
export function tableLine(name, library, { records, compared, alarms, found }) {
  const cells = [
    name,
    `${library} ${dependencies[library]}`,
    ...steadiness(records.map(({ heap }) => heap.allocatedBytes.value)),
    ...steadiness(records.map(({ heap }) => heap.allocatedCount.value)),
    range(records.map(({ native }) => native.allocatedBytes.value)),
    `${alarms.length} of ${compared}${numbersIn(alarms)}`,
    `${found.length} of ${records.length}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** From smallest to largest, how many different ones, and how far they lie apart. */
function steadiness(values) {
  const least = Math.min(...values);
  const share = least === 0 ? 0 : Math.max(...values) / least - 1;
  const spread = share === 0 ? '0' : `${(share * 100).toPrecision(2)} %`;
  return [range(values), new Set(values).size, spread];
}

function range(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) =>
    value.toLocaleString('en-US', { maximumFractionDigits: 1 }),
  );
  return least === most ? least : `${least} to ${most}`;
}

/** Which numbers failed. */
function numbersIn(alarms) {
  const names = new Set(alarms.map(({ ledger, metric }) => `${ledger} ${metric}`));
  return names.size === 0 ? '' : ` (${[...names].join(', ')})`;
}
