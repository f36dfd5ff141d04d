// The last lines of a run, and its run file. The plugin adds it; without the plugin:
// `reporters: ['default', ['@highwater/vitest/reporter', { track: true }]]`.

import {
  closeChannel,
  dropHolds,
  endBaselineRun,
  type FileRun,
  fileIdentity,
  finishRun,
  formatBaselineRun,
  isProgressWanted,
  openChannel,
  PassWatch,
  startRun,
  type TrackingOptions,
  type TrackingSettings,
  terminalWidth,
  trackingSettings,
  type UpdateMode,
  untilNobodyHolds,
} from '@highwater/core';
import { formatPass, formatSummary } from '@highwater/report';
import { CHANNEL_KEY, TRACKING_KEY, type TrackingHandout } from './keys.js';
import { runProjectOf } from './projects.js';
import { ranTests, type TestModule } from './ran-tests.js';

/** What it uses of `Vitest`; the same from 3.2 on. */
interface VitestHost {
  readonly version: string;
  readonly config: {
    readonly root: string;
    readonly shard?: { readonly index: number; readonly count: number };
    readonly snapshotOptions: { readonly updateSnapshot: UpdateMode };
    /** Names that `--project` lets run. */
    readonly project?: readonly string[];
    /** Reports of other runs are merged: nothing runs. */
    readonly mergeReports?: string;
  };
  readonly logger: { readonly error: (...lines: string[]) => void };
  readonly projects: readonly {
    readonly name: string;
    readonly provide: (key: never, value: never) => void;
  }[];
  readonly onClose: (listener: () => void) => void;
}

/** Tells what became of baselines and of memory: on stderr, because another reporter may write data to stdout. */
export class HighwaterReporter {
  readonly #options: TrackingOptions;
  /** Of projects that have some of their own. */
  readonly #ofProjects = new Map<string, TrackingOptions>();
  readonly #settings: TrackingSettings;
  #vitest: VitestHost | undefined;
  #channel: string | undefined;
  #passes: PassWatch | undefined;
  #startedAt = new Date();

  /** @throws HighwaterError `invalid-option`, `invalid-size` */
  constructor(options: TrackingOptions = {}) {
    this.#options = options;
    this.#settings = trackingSettings(options, process.env, 'highwater()');
  }

  /** A project may have a plugin of its own, with options of its own. */
  setOptions(project: string, options: TrackingOptions): void {
    if (Object.keys(options).length > 0) this.#ofProjects.set(project, options);
  }

  onInit(vitest: VitestHost): void {
    const channel = openChannel();
    this.#vitest = vitest;
    this.#channel = channel;
    const { projects, config } = vitest;
    for (const project of projects) {
      const handout: TrackingHandout = {
        root: config.root,
        options: this.#optionsOf(project.name),
        project: runProjectOf(project, projects, config.project),
      };
      project.provide(CHANNEL_KEY as never, channel as never);
      project.provide(TRACKING_KEY as never, handout as never);
    }
    vitest.onClose(() => closeChannel(channel));
  }

  onTestRunStart(): void {
    this.#startedAt = new Date();
    this.#watchPasses();
    if (!this.#isOn || this.#vitest === undefined) return;
    startRun(this.#vitest.config.root);
    dropHolds(this.#vitest.config.root);
  }

  onTestModuleEnd({ moduleId }: { readonly moduleId: string }): void {
    this.#passes?.forget(moduleId);
  }

  async onTestRunEnd(modules: readonly TestModule[] = []): Promise<void> {
    this.#passes?.close();
    this.#passes = undefined;
    if (this.#vitest === undefined || this.#channel === undefined) return;
    const { config, logger } = this.#vitest;
    if (this.#all.some(({ details }) => details.has('files')))
      await untilNobodyHolds(config.root);
    const mode = config.snapshotOptions.updateSnapshot;
    const run = endBaselineRun(this.#channel, config.root, mode);
    const lines = [...formatBaselineRun(run, config.root), ...this.#finishRun(modules)];
    if (lines.length > 0) logger.error(`\n${lines.map((line) => ` ${line}`).join('\n')}`);
  }

  /** Vitest writes what is logged above the lines that it draws anew. */
  #watchPasses(): void {
    const { stdout, stderr, env } = process;
    const [vitest, channel] = [this.#vitest, this.#channel];
    if (vitest === undefined || channel === undefined) return;
    if (!isProgressWanted(env, [stdout, stderr])) return;
    this.#passes = new PassWatch(channel, (pass) =>
      vitest.logger.error(formatPass(pass, stderr.columns || 80)),
    );
  }

  #optionsOf(project: string): TrackingOptions {
    return this.#ofProjects.get(project) ?? this.#options;
  }

  #settingsOf(project: string): TrackingSettings {
    return trackingSettings(this.#optionsOf(project), process.env, 'highwater()');
  }

  get #all(): readonly TrackingSettings[] {
    const { projects = [] } = this.#vitest ?? {};
    return [this.#settings, ...projects.map(({ name }) => this.#settingsOf(name))];
  }

  /** In any of the projects. */
  get #isOn(): boolean {
    return this.#all.some(({ isOn }) => isOn);
  }

  #finishRun(modules: readonly TestModule[]): readonly string[] {
    const vitest = this.#vitest;
    if (!this.#isOn || vitest === undefined) return [];
    const { root, shard, mergeReports } = vitest.config;
    const about = {
      runner: { name: 'vitest', version: vitest.version },
      ...(shard !== undefined && { shard: { index: shard.index, count: shard.count } }),
      startedAt: this.#startedAt.toISOString(),
      durationMs: Date.now() - this.#startedAt.getTime(),
    } as const;
    const ran = mergeReports === undefined ? this.#ran(modules, root) : [];
    const run = finishRun(root, about, ran);
    const columns = terminalWidth(process.env, process.stderr);
    return formatSummary(run, {
      // The blank before each line.
      width: columns === undefined ? undefined : columns - 1,
      top: this.#settings.top,
    });
  }

  #ran(modules: readonly TestModule[], root: string): readonly FileRun[] {
    return modules.flatMap((module) => {
      const tests = ranTests(module);
      if (tests === undefined) return [];
      const { name } = module.project;
      const project = name === '' ? undefined : name;
      return {
        ...fileIdentity(root, module.moduleId, project),
        ranCount: tests.count,
        isToTrack: tests.isSetUp && this.#settingsOf(name).isOn,
      };
    });
  }
}

// biome-ignore lint/style/noDefaultExport: what Vitest takes of a reporter's module
export default HighwaterReporter;
