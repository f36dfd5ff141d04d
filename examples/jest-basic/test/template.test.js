const { render, renderEach } = require('../src/template.js');

const LETTER = 'Dear {{name}}, your order {{order}} has left our house. '.repeat(20);
const CUSTOMERS = Array.from({ length: 100 }, (_, order) => ({ name: 'Ada', order }));

describe('render', () => {
  test('allocates less than 50 kB for a letter', () => {
    expect(() => render(LETTER, CUSTOMERS[0])).toAllocateLessThan('50 kB');
  });

  test('keeps nothing of it', () => {
    expect(() => render(LETTER, CUSTOMERS[0])).toRetainLessThan('100 B');
  });
});

describe('renderEach', () => {
  test('holds one letter at a time', () => {
    expect(() => {
      for (const letter of renderEach(LETTER, CUSTOMERS)) letter.charCodeAt(0);
    }).toPeakBelow('50 kB');
  });
});
