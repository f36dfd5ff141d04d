// The last lines of a run, and its run file: `reporters: ['default', ['@highwater/jest/reporter', { track: true }]]`.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  CHANNEL_VARIABLE,
  closeChannel,
  dropHolds,
  endBaselineRun,
  type FileRun,
  fileIdentity,
  finishRun,
  formatBaselineRun,
  hasSetUp,
  isProgressWanted,
  openChannel,
  PassWatch,
  pathBelow,
  startRun,
  type TrackingOptions,
  type TrackingSettings,
  terminalWidth,
  trackingSettings,
  type UpdateMode,
  untilNobodyHolds,
} from '@highwater/core';
import { formatPass, formatSummary } from '@highwater/report';
import { projectName, type TestContext, tellProject } from './project-name.js';
import { TRACKING_VARIABLE, type TrackingHandout } from './tracking-handout.js';

/** What it uses of Jest's global configuration. */
interface JestConfig {
  readonly rootDir: string;
  readonly projects?: readonly unknown[];
  readonly updateSnapshot: UpdateMode;
  readonly shard?: { readonly shardIndex: number; readonly shardCount: number };
}

/** What it uses of a test file, and of how it ended. */
interface JestTest {
  readonly path: string;
  readonly context: TestContext;
}

interface JestTestResult {
  readonly numPassingTests: number;
  readonly numFailingTests: number;
}

/** Tells what became of baselines and of memory: on stderr, as Jest's own reporters do. */
export class HighwaterReporter {
  readonly #config: JestConfig;
  readonly #options: TrackingOptions;
  readonly #settings: TrackingSettings;
  #channel: string | undefined;
  #passes: PassWatch | undefined;
  #startedAt = new Date();
  #ran: FileRun[] = [];

  /** @throws HighwaterError `invalid-option`, `invalid-size` */
  constructor(config: JestConfig, options: TrackingOptions = {}) {
    this.#config = config;
    this.#options = options;
    const owner = '@highwater/jest/reporter';
    this.#settings = trackingSettings(options, process.env, owner);
  }

  /** Before the workers start: they inherit the variables. */
  onRunStart(): void {
    this.#channel = openChannel();
    this.#ran = [];
    this.#startedAt = new Date();
    process.env[CHANNEL_VARIABLE] = this.#channel;
    const { rootDir } = this.#config;
    const handout: TrackingHandout = { root: rootDir, options: this.#options };
    process.env[TRACKING_VARIABLE] = JSON.stringify(handout);
    this.#watchPasses(this.#channel);
    if (!this.#settings.isOn) return;
    startRun(rootDir);
    dropHolds(rootDir);
  }

  /** Before its worker is given the configuration. */
  onTestFileStart({ context }: JestTest): void {
    const name = this.#projectOf(context);
    if (name !== undefined) tellProject(context, name);
  }

  /** Jest stops its workers when this comes back for the last file. */
  async onTestFileResult(
    { path, context }: JestTest,
    { numPassingTests, numFailingTests }: JestTestResult,
  ): Promise<void> {
    this.#passes?.forget(path);
    this.#ran.push({
      ...fileIdentity(this.#config.rootDir, path, this.#projectOf(context)),
      ranCount: numPassingTests + numFailingTests,
      isToTrack: hasSetUp(context.config.setupFilesAfterEnv ?? [], '@highwater/jest'),
    });
    if (!this.#settings.details.has('files')) return;
    const { rootDir } = this.#config;
    await untilNobodyHolds(rootDir, pathBelow(rootDir, path));
  }

  onRunComplete(): void {
    this.#passes?.close();
    this.#passes = undefined;
    if (this.#channel === undefined) return;
    const { rootDir, updateSnapshot } = this.#config;
    const run = endBaselineRun(this.#channel, rootDir, updateSnapshot);
    closeChannel(this.#channel);
    delete process.env[CHANNEL_VARIABLE];
    delete process.env[TRACKING_VARIABLE];
    const lines = [...formatBaselineRun(run, rootDir), ...this.#finishRun()];
    if (lines.length > 0) {
      process.stderr.write(`\n${lines.map((line) => ` ${line}`).join('\n')}\n`);
    }
  }

  /** Jest writes what comes through `process.stderr` above the lines that it draws anew. */
  #watchPasses(channel: string): void {
    const { stdout, stderr, env } = process;
    if (!isProgressWanted(env, [stdout, stderr])) return;
    this.#passes = new PassWatch(channel, (pass) => {
      stderr.write(`${formatPass(pass, stderr.columns || 80)}\n`);
    });
  }

  #projectOf({ config }: TestContext): string | undefined {
    return projectName(config, this.#config.rootDir, this.#config.projects);
  }

  #finishRun(): readonly string[] {
    if (!this.#settings.isOn) return [];
    const { rootDir, shard } = this.#config;
    const about = {
      runner: { name: 'jest', version: jestVersion(rootDir) },
      ...(shard !== undefined && {
        shard: { index: shard.shardIndex, count: shard.shardCount },
      }),
      startedAt: this.#startedAt.toISOString(),
      durationMs: Date.now() - this.#startedAt.getTime(),
    } as const;
    const run = finishRun(rootDir, about, this.#ran);
    const columns = terminalWidth(process.env, process.stderr);
    return formatSummary(run, {
      // The blank before each line.
      width: columns === undefined ? undefined : columns - 1,
      top: this.#settings.top,
    });
  }
}

function jestVersion(rootDir: string): string {
  try {
    const load = createRequire(join(rootDir, 'package.json'));
    return (load('jest/package.json') as { readonly version: string }).version;
  } catch {
    return 'unknown';
  }
}

// biome-ignore lint/style/noDefaultExport: what Jest takes of a reporter's module
export default HighwaterReporter;
