// Records one function as toMatchMemoryBaseline does in a test, in a process of its own.
//
//   node record.mjs <function> <test file> <objects to add to each call>

import { enterTest, leaveFile, leaveTest, matchers } from '@highwater/core';
import { allocate } from '../project/allocate.mjs';
import { functions } from './functions.mjs';

const [name, testFile, extra] = process.argv.slice(2);
const fn = await functions[name].make();
const count = Number(extra);

// The same function with and without extra objects.
function measured() {
  const result = fn();
  allocate(count);
  return result;
}

const test = { titles: [name], ordinal: 0, identity: {}, isConcurrent: false };
enterTest(testFile, test, 'all');
const metrics = ['allocatedBytes', 'allocatedCount'];
matchers.toMatchMemoryBaseline.call({ isNot: false }, measured, { metrics });
leaveTest();
leaveFile(undefined);
