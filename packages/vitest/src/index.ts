// The public API of @highwater/vitest: the plugin for the config, and raw matchers.

import './types.js';

/** For people with several copies of `expect`: `expect.extend(matchers)`. */
export { matchers } from '@highwater/core';
export { type HighwaterPlugin, highwater } from './plugin.js';
