// One line in vitest.config: `plugins: [highwater()]`.

import {
  type BaselineDefaults,
  checkBaselineDefaults,
  type TrackingOptions,
  trackingSettings,
} from '@highwater/core';
import { BASELINE_KEY } from './keys.js';
import { HighwaterReporter } from './reporter.js';

/** What the plugin takes. */
export interface HighwaterOptions extends TrackingOptions {
  /** Defaults of `toMatchMemoryBaseline`. */
  readonly baseline?: BaselineDefaults;
}

/** A Vite plugin, as far as this one goes: no `vite` is needed for its types. */
export interface HighwaterPlugin {
  readonly name: 'highwater';
  readonly config: () => {
    readonly test: {
      readonly setupFiles: string[];
      readonly provide: Record<string, unknown>;
      readonly server: { readonly deps: { readonly external: RegExp[] } };
    };
  };
  readonly configureVitest: (context: {
    readonly vitest: { readonly config: { readonly reporters: unknown[] } };
    readonly project: { readonly name: string };
  }) => void;
}

/**
 * Registers the matchers in every test file, in every pool, tracks every test where that is asked for, and tells at
 * the end of a run what became of baselines and of memory.
 *
 * @throws HighwaterError `invalid-option`, `invalid-size`
 */
export function highwater({
  baseline = {},
  ...tracking
}: HighwaterOptions = {}): HighwaterPlugin {
  checkBaselineDefaults(baseline, 'highwater({ baseline })');
  // Wrong options are told before a run begins.
  trackingSettings(tracking, process.env, 'highwater()');
  return {
    name: 'highwater',
    config: () => ({
      test: {
        setupFiles: ['@highwater/vitest/setup'],
        provide: { [BASELINE_KEY]: baseline },
        // In a monorepo the packages are links to sources, which Vite would transform.
        server: { deps: { external: [/[\\/]@?highwater[\\/]/] } },
      },
    }),
    // Once for each project of a workspace.
    configureVitest: ({ vitest: { config }, project }) => {
      let reporter = config.reporters.find((one) => one instanceof HighwaterReporter);
      if (reporter === undefined) {
        reporter = new HighwaterReporter(tracking);
        config.reporters.push(reporter);
      }
      reporter.setOptions(project.name, tracking);
    },
  };
}
