const { render } = require('../src/template.js');

const LETTER = 'Dear {{name}}, your order {{order}} has left our house. '.repeat(20);

test('a letter costs what it did', () => {
  expect(() => render(LETTER, { name: 'Ada', order: 7 })).toMatchMemoryBaseline();
});
