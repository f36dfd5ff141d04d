import { afterAll, beforeAll, expect, it } from 'vitest';
import { allocate } from './allocate.mjs';
import { close, open, subjects } from './subjects.mjs';

beforeAll(open);
afterAll(close);

/** Objects of 56 bytes that each subject allocates beside its own, by name. */
const extra = JSON.parse(process.env.LAB_EXTRA ?? '{}');
const metrics = JSON.parse(process.env.LAB_METRICS ?? 'null');

it.each(Object.keys(subjects))('%s', (name) => {
  const subject = subjects[name];
  const count = extra[name] ?? 0;
  const isAsync = subject.constructor.name === 'AsyncFunction' || name.startsWith('http');
  // The same function with and without extra objects.
  const measured = isAsync
    ? async () => {
        const result = await subject();
        allocate(count);
        return result;
      }
    : () => {
        const result = subject();
        allocate(count);
        return result;
      };
  return expect(measured).toMatchMemoryBaseline(metrics === null ? {} : { metrics });
});
