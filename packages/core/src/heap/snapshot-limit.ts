// How long may a heap snapshot take, and what is said where one was given up?

import { errors, HighwaterError } from '../errors.js';
import type { HeapTooLarge } from '../native.js';

const DEFAULT_SECONDS = 30;
/** An estimate may be too low by that. */
const MARGIN = 2;

/**
 * CPU of this thread that V8 may take for the snapshot of a verdict.
 *
 * @throws HighwaterError `invalid-option`
 */
export function snapshotLimitMs(): number {
  const { HIGHWATER_SNAPSHOT_SECONDS: text = '' } = process.env;
  if (text === '') return DEFAULT_SECONDS * 1_000;
  const seconds = Number(text);
  if (!(seconds > 0)) {
    throw errors.invalidOption(
      'HIGHWATER_SNAPSHOT_SECONDS',
      text,
      'a number of seconds above 0',
    );
  }
  return seconds * 1_000;
}

/** @throws HighwaterError `snapshot-too-large` */
export function throwTooLarge(
  { objectCount, estimatedMs }: HeapTooLarge,
  limitMs: number,
): never {
  const seconds = Math.max(1, Math.round(estimatedMs / 1_000));
  throw errors.snapshotTooLarge(
    objectCount,
    seconds,
    Math.round(limitMs / 100) / 10,
    Math.ceil(seconds * MARGIN),
  );
}

/** The text of `snapshot-too-large`, on one line; undefined of any other error. */
export function whyNoSnapshot(cause: unknown): string | undefined {
  const isTooLarge =
    cause instanceof HighwaterError && cause.code === 'snapshot-too-large';
  return isTooLarge ? cause.message.replace(/\s*\n\s*/g, ' ') : undefined;
}
