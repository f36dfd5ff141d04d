const FUNCTIONS = 50;
const BRANCHES = 40;

function source(index) {
  let body = 'let r = x;';
  for (let i = 0; i < BRANCHES; i++) {
    body += `if (x > ${index * 100 + i}) r = r * ${i + 1} + { a${i}: r }.a${i}; else r -= ${i};`;
  }
  return `(x) => { ${body} return r; }`;
}

/** Call n compiles function n; after 50 calls everything is compiled. */
export const lazyCompileOk = {
  name: 'lazy-compile-ok',
  leaks: false,
  make() {
    const sources = Array.from({ length: FUNCTIONS }, (_, index) => source(index));
    const functions = new Function(`return [${sources.join(',\n')}]`)();
    let call = 0;
    return () => {
      functions[call % FUNCTIONS](call);
      call++;
    };
  },
};
