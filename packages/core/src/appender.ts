// Appends to a file that stays open: to open it takes five times as long as to write a line.

import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';

/** A file that grows; made with the first text. */
export interface Appender {
  /** The text is in the file when this returns. @throws what `node:fs` throws */
  readonly append: (text: string) => void;
  /** Until the next text. */
  readonly close: () => void;
}

interface Opened {
  readonly fd: number;
  readonly dev: number;
  readonly ino: number;
}

export function appender(path: string): Appender {
  let opened: Opened | undefined;
  return {
    append(text) {
      if (opened === undefined || !isStillOurs(opened)) opened = openAt(path);
      let rest = Buffer.from(text);
      while (rest.length > 0) rest = rest.subarray(writeSync(opened.fd, rest));
    },
    close() {
      const last = opened;
      opened = undefined;
      if (last !== undefined && isStillOurs(last)) closeSync(last.fd);
    },
  };
}

function openAt(path: string): Opened {
  const fd = openSync(path, 'a');
  const { dev, ino } = fstatSync(fd);
  return { fd, dev, ino };
}

/**
 * A program that closes a descriptor twice closes whatever has its number by then. That may be ours, and the next
 * file that is opened gets the number: nothing of ours may be written to it.
 */
function isStillOurs({ fd, dev, ino }: Opened): boolean {
  try {
    const now = fstatSync(fd);
    return now.dev === dev && now.ino === ino;
  } catch {
    return false;
  }
}
