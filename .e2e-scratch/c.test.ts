import { Session } from 'node:inspector';
import { loadNative } from '@highwater/native';
import { test } from 'vitest';
import { handle, later, tokenize } from './src/session';

const text = 'lorem ipsum dolor '.repeat(200);
test('growth', () => {
  const N = loadNative();
  N.acquire();
  N.pinTier();
  const out = new Float64Array(400);
  for (const f of [() => {}, () => tokenize(text)]) {
    N.call(f, 30);
    for (let r = 0; r < 100; r++) {
      N.call(f, 20);
      let b = 0,
        a = -1;
      while (a !== b) {
        b = a;
        N.clearKeptObjects();
        N.collectGarbage('full');
        a = N.usedHeapBytes();
      }
      out[r] = a;
    }
    const d = [];
    for (let r = 1; r < 100; r++) d.push(out[r] - out[r - 1]);
    console.log(d.join(' '));
  }
  N.release();
});
