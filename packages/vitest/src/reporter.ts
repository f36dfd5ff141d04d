// The last lines of a run. The plugin adds it; without the plugin:
// `reporters: ['default', '@highwater/vitest/reporter']`.

import {
  closeChannel,
  endBaselineRun,
  formatBaselineRun,
  openChannel,
  type UpdateMode,
} from '@highwater/core';
import { CHANNEL_KEY } from './keys.js';

/** What it uses of `Vitest`; the same from 3.2 on. */
interface VitestHost {
  readonly config: {
    readonly root: string;
    readonly snapshotOptions: { readonly updateSnapshot: UpdateMode };
  };
  readonly logger: { readonly error: (...lines: string[]) => void };
  readonly projects: readonly { readonly provide: (key: never, value: never) => void }[];
  readonly onClose: (listener: () => void) => void;
}

/** Tells what became of baselines: on stderr, because another reporter may write data to stdout. */
export class HighwaterReporter {
  #vitest: VitestHost | undefined;
  #channel: string | undefined;

  onInit(vitest: VitestHost): void {
    const channel = openChannel();
    this.#vitest = vitest;
    this.#channel = channel;
    for (const project of vitest.projects) {
      project.provide(CHANNEL_KEY as never, channel as never);
    }
    vitest.onClose(() => closeChannel(channel));
  }

  onTestRunEnd(): void {
    if (this.#vitest === undefined || this.#channel === undefined) return;
    const { config, logger } = this.#vitest;
    const mode = config.snapshotOptions.updateSnapshot;
    const run = endBaselineRun(this.#channel, config.root, mode);
    const lines = formatBaselineRun(run, config.root);
    if (lines.length > 0) logger.error(`\n${lines.map((line) => ` ${line}`).join('\n')}`);
  }
}

// biome-ignore lint/style/noDefaultExport: what Vitest takes of a reporter's module
export default HighwaterReporter;
