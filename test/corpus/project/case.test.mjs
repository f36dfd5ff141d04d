// One version of one case, as a user would test it; what came of it goes to a file.

import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageUnderTest } from './package-under-test.mjs';

const task = JSON.parse(process.env.HIGHWATER_CORPUS_TASK);
const PLAIN_CALLS = 20;
const PLAIN_MS = 50;

/** The median of a few calls that nothing measures. */
async function timePlainCall(call) {
  const times = [];
  const end = performance.now() + PLAIN_MS;
  while (times.length < PLAIN_CALLS && (times.length < 3 || performance.now() < end)) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

it('does not leak', async () => {
  const driver = await import(/* @vite-ignore */ task.driver);
  const context = (await driver.setup?.(packageUnderTest(task))) ?? {};
  const iterate = driver.default;
  const plainCallMs = await timePlainCall(() => iterate(context));

  let calls = 0;
  let text = null;
  const start = performance.now();
  try {
    await expect(() => {
      calls += 1;
      return iterate(context);
    }).toNotLeak();
  } catch (error) {
    // Kept, not thrown on: a test that fails has failed for another reason.
    text = String(error?.message ?? error);
  }
  const verdictMs = performance.now() - start;
  const multiple = calls > 0 ? verdictMs / (plainCallMs * calls) : null;
  const warmCallMs = await timePlainCall(() => iterate(context));
  const record = {
    nodeVersion: process.version,
    text,
    verdictMs,
    plainCallMs,
    warmCallMs,
    calls,
    multiple,
  };
  writeFileSync(task.result, JSON.stringify(record));

  await driver.teardown?.(context);
});
