// What is said beside a heap that is too large for a snapshot: known answers.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, type Judgement, victimNode } from './victim-process.js';

const WHY =
  /The heap has [\d,]{7,} objects: a snapshot would take about \d+ s of CPU, and 0(?:\.\d)? s are allowed\. To wait for it, set HIGHWATER_SNAPSHOT_SECONDS=\d+\./;

interface Answers {
  readonly leak: Judgement;
  readonly clean: Judgement;
  readonly held: Judgement;
  readonly asked: number;
}

/** See heap/too-large.mjs. */
async function ask(seconds: string): Promise<Answers> {
  const program = fileURLToPath(new URL('heap/too-large.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(victimNode, [program], {
    env: { ...cleanEnv(), HIGHWATER_SNAPSHOT_SECONDS: seconds },
  });
  return JSON.parse(stdout) as Answers;
}

const flat = ({ message }: Judgement): string => message.replace(/\s+/g, ' ');

describe('a heap that is too large for a snapshot', () => {
  let answers: Answers;
  beforeAll(async () => {
    answers = await ask('0.02');
  });

  it('toNotLeak names the line that allocates, and says why nothing more is known', () => {
    const text = flat(answers.leak);
    expect(answers.leak.pass).toBe(false);
    expect(text).toContain('but that is undecided: every call keeps');
    expect(text).toContain('the heap is too large to tell what holds it');
    expect(text).toMatch(/openSession test\/victims\/heap\/too-large\.mjs:9/);
    expect(text).toMatch(WHY);
    expect(text).not.toContain('held by');
  });

  it('toNotLeak needs no snapshot to find nothing', () => {
    expect(answers.clean).toEqual({ pass: true, message: '' });
  });

  it('toBeCollectable says that it is held, and why it is not known by what', () => {
    const text = flat(answers.held);
    expect(answers.held.pass).toBe(false);
    expect(text).toContain('but it is still held. What holds it is not known.');
    expect(text).toMatch(WHY);
  });

  it('who asks for a snapshot gets it', () => {
    expect(answers.asked).toBe(1);
  });
});

it('HIGHWATER_SNAPSHOT_SECONDS lifts the bound', async () => {
  const { leak, held } = await ask('600');
  expect(flat(leak)).toContain(
    'held by: sessions (module test/victims/heap/too-large.mjs',
  );
  expect(flat(held)).toContain('held by sessions (module');
});
