// What stops somebody who measures another process.

import { HighwaterError } from './highwater-error.js';
import { lines, show } from './show.js';

const EXAMPLE =
  "const child = spawn('node', ['server.js'], { env: measuredEnv() }); await measureProcess(child)";

export const childErrors = {
  notAProcess(value: unknown): HighwaterError {
    return new HighwaterError(
      'not-a-process',
      lines(
        `measureProcess measures a process that \`spawn\`, \`fork\`, \`exec\` or \`execFile\` returned, but got ${show(value)}.`,
        `Write: ${EXAMPLE}`,
      ),
    );
  },

  /** `file` is what was to be run. */
  processNotStarted(file: string): HighwaterError {
    return new HighwaterError(
      'process-not-started',
      lines(
        `There is nothing to measure: ${show(file)} could not be started.`,
        "The child's `error` event says why. Check the path, and that the file may be run.",
      ),
    );
  },
} as const;
