// These tests fail on purpose: they show what a failure looks like.

const { render } = require('../src/template.js');

const LETTER = 'Dear {{name}}, your order {{order}} has left our house. '.repeat(20);
const CUSTOMERS = Array.from({ length: 100 }, (_, order) => ({ name: 'Ada', order }));

function renderAll() {
  return CUSTOMERS.map((customer) => render(LETTER, customer));
}

test('allocates less than 500 kB for all letters', () => {
  expect(renderAll).toAllocateLessThan('500 kB');
});

test('allocates fewer than 1,000 objects for all letters', () => {
  expect(renderAll).toAllocateFewerThan(1_000);
});

test('holds one letter at a time', () => {
  expect(renderAll).toPeakBelow('50 kB');
});

test('keeps no letter', () => {
  const sent = [];
  expect(() => sent.push(render(LETTER, CUSTOMERS[0]))).toRetainLessThan('100 B');
});
