// Asks for verdicts beside a heap that is too large for a snapshot, and prints the messages.

import { writeSync } from 'node:fs';
import { matchers, retainersOf } from '@highwater/core';

const beside = Array.from({ length: 100_000 }, (_, i) => ({ i, of: [i] }));
const sessions = [];

function openSession() {
  sessions.push({ id: sessions.length, at: [1, 2] });
}

function current() {
  sessions[0] ??= {};
  return sessions[0];
}

const leak = matchers.toNotLeak.call({}, openSession);
const clean = matchers.toNotLeak.call({}, () => ({ id: beside.length }));
const held = await matchers.toBeCollectable.call({}, current);
const answers = Object.entries({ leak, clean, held }).map(([name, { pass, message }]) => [
  name,
  { pass, message: pass ? '' : message() },
]);
const asked = retainersOf(sessions).length;
writeSync(1, JSON.stringify({ ...Object.fromEntries(answers), asked }));
