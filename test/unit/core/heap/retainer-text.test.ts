import { describe, expect, it } from 'vitest';
import type { Paint } from '../../../../packages/core/src/format/style.js';
import { GLOBAL, lines, ROOTS } from './paths.js';

const SESSION = `${GLOBAL}
  property f > closure open @ 4
  internal context > object system / Context
  context sessions > object Map
  internal table > array
  internal 6 > object Session < id-118`;

describe('text', () => {
  it('names the holder first', () => {
    expect(lines(SESSION)).toMatchInlineSnapshot(`
      "  held by  sessions (module src/registry.ts:3): Map
          → entry "id-118": Session"
    `);
  });

  it('is one line for one step', () => {
    expect(lines(`${GLOBAL}\nproperty leaked > object Session`)).toBe(
      '  held by  globalThis.leaked: Session',
    );
  });

  it('wraps between steps', () => {
    const text = lines(`${GLOBAL}
      property registry > object Registry
      property #sessions > object Map
      internal table > array
      internal 6 > object Session < a-very-long-identifier-of-a-session-that-nobody-reads
      property user > object User
      property odd name > object Object
      element 12 > closure onData @ 6
      internal context > object system / Context
      hidden 0 > object TListener`);
    expect(text).toMatchInlineSnapshot(`
      "  held by  globalThis.registry: Registry
          → .#sessions: Map → entry "a-very-long-identifier-of...": Session
          → .user: User → ["odd name"] → [12]: onData() src/registry.ts:6
          → a variable: TListener"
    `);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('leaves out the middle of a long path', () => {
    const next = Array.from({ length: 12 }, () => 'property next > object Node').join(
      '\n',
    );
    const long = `${GLOBAL}\nproperty first > object Node\n${next}`;
    expect(lines(long)).toMatchInlineSnapshot(`
      "  held by  globalThis.first: Node
          → .next: Node → .next: Node → ... 6 more ... → .next: Node → .next: Node
          → .next: Node → .next: Node"
    `);
    expect(lines(long, { verbose: true }).match(/\.next/g)).toHaveLength(12);
  });

  it('colours the first reference and dims the rest', () => {
    const mark =
      (name: string) =>
      (text: string): string =>
        `<${name}>${text}</${name}>`;
    const paint: Paint = {
      bold: mark('b'),
      dim: mark('d'),
      red: mark('r'),
      green: mark('g'),
    };
    expect(lines(SESSION, { paint })).toMatchInlineSnapshot(`
      "  held by  <b>sessions</b> (module src/registry.ts:3): Map
      <d>    → entry "id-118": Session</d>"
    `);
  });

  it('finds words for everything', () => {
    const held = (path: string): string => lines(path).replace(/\n +/g, ' ').slice(11);
    expect([
      held(`${GLOBAL}\nproperty key > object Key
        internal 3 / part of key (Key @1) -> value (Session @2) pair in WeakMap (table @3) > object Session < Key`),
      held(`${GLOBAL}\nproperty clearInterval > closure clearInterval
        internal context > object system / Context
        context timerListMap > object Object
        element 60000 > object TimersList
        property _idleNext > object Timeout
        property _onTimeout > closure poll @ 6
        internal context > object system / Context
        context session > object Session`),
      held(`${GLOBAL}\nproperty bus > object EventEmitter
        property _events > object Object
        property data > closure onData @ 6`),
      held(`${GLOBAL}\nproperty p > object Promise
        internal reactions_or_result > hidden system / PromiseReaction
        hidden 1 > closure 
        internal context > object system / Context
        internal extension > object Generator @ 10
        internal parameters_and_registers > array
        internal 1 > object Session`),
      held(`${ROOTS}\ninternal 34 > object Session`),
      held(`${GLOBAL}\nproperty x > object X
        internal odd_thing > hidden system / Odd
        hidden 4 > object Session`),
    ]).toMatchInlineSnapshot(`
      [
        "globalThis.key: Key → value of Key in a WeakMap: Session",
        "setInterval of 60,000 ms: poll() src/registry.ts:6 → session (src/registry.ts:5): Session",
        "globalThis.bus: EventEmitter → listener of "data": onData() src/registry.ts:6",
        "globalThis.p: Promise → local variable of waits() that waits (src/registry.ts:10): Session",
        "Global handles (V8): Session",
        "globalThis.x: X → (odd_thing): system / Odd → (internal): Session",
      ]
    `);
  });
});
