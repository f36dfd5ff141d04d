import { findLeaks } from '@highwater/core';
import { loadNative } from '@highwater/native';
import { expect, test } from 'vitest';
import { handle, later, tokenize } from './src/session';

const text = 'lorem ipsum dolor '.repeat(200);
test('times', async () => {
  const N = loadNative();
  N.acquire();
  const gcs: number[] = [];
  for (let i = 0; i < 6; i++) {
    const t = performance.now();
    N.collectGarbage('full');
    gcs.push(+(performance.now() - t).toFixed(1));
  }
  const used = N.usedHeapBytes();
  N.release();
  console.log('gc ms', gcs.join(), used);
  for (const f of [() => {}, () => tokenize(text), later]) {
    const r = await findLeaks(f as any);
    console.log(
      r.verdict,
      r.calls,
      r.durationMs.toFixed(0),
      r.sites.length,
      JSON.stringify(r.sites.slice(0, 3)),
    );
  }
});
