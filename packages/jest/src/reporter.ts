// The last lines of a run: `reporters: ['default', '@highwater/jest/reporter']`.

import {
  CHANNEL_VARIABLE,
  closeChannel,
  endBaselineRun,
  formatBaselineRun,
  openChannel,
  type UpdateMode,
} from '@highwater/core';

/** What it uses of Jest's global configuration. */
interface JestConfig {
  readonly rootDir: string;
  readonly updateSnapshot: UpdateMode;
}

/** Tells what became of baselines: on stderr, as Jest's own reporters do. */
export class HighwaterReporter {
  readonly #config: JestConfig;
  #channel: string | undefined;

  constructor(config: JestConfig) {
    this.#config = config;
  }

  /** Before the workers start: they inherit the variable. */
  onRunStart(): void {
    this.#channel = openChannel();
    process.env[CHANNEL_VARIABLE] = this.#channel;
  }

  onRunComplete(): void {
    if (this.#channel === undefined) return;
    const { rootDir, updateSnapshot } = this.#config;
    const run = endBaselineRun(this.#channel, rootDir, updateSnapshot);
    closeChannel(this.#channel);
    delete process.env[CHANNEL_VARIABLE];
    const lines = formatBaselineRun(run, rootDir);
    if (lines.length > 0) {
      process.stderr.write(`\n${lines.map((line) => ` ${line}`).join('\n')}\n`);
    }
  }
}

// biome-ignore lint/style/noDefaultExport: what Jest takes of a reporter's module
export default HighwaterReporter;
