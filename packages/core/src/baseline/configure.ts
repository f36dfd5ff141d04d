// Defaults for all baselines, set by the user's own code.

import { setBaselineDefaults } from './current.js';
import { type BaselineDefaults, checkDefaults } from './options.js';

/**
 * Sets the defaults of `toMatchMemoryBaseline` for the test files that run after it: call it in a setup file.
 *
 * @throws HighwaterError `invalid-option`
 *
 * @example
 * configureBaselines({ tolerance: '2%', missingEnvironment: 'warn' });
 */
export function configureBaselines(defaults: BaselineDefaults): void {
  setBaselineDefaults(checkDefaults(defaults, 'configureBaselines'));
}
