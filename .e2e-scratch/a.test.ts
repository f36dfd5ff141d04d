import '@highwater/vitest/setup';
import { expect, test } from 'vitest';
import { handle, later, tokenize } from './src/session';

const text = 'lorem ipsum dolor '.repeat(200);
test('leak', () => {
  expect(handle).toNotLeak();
});
test('alloc', () => {
  expect(() => tokenize(text)).toAllocateLessThan('20kB');
});
test('count', () => {
  expect(() => tokenize(text)).toAllocateFewerThan(500);
});
test('peak', () => {
  expect(() => tokenize(text)).toPeakBelow('10kB');
});
test('retain', () => {
  expect(() => {
    handle();
  }).toRetainLessThan('10 B');
});
test('clean', () => {
  expect(() => tokenize(text)).toNotLeak();
});
test('async ok', async () => {
  await expect(later).toNotLeak();
});
test('async alloc', async () => {
  await expect(later).toAllocateLessThan('1B');
});
