// The public API of @highwater/vitest: the plugin for the config, and raw matchers.

import './types.js';

export type {
  FileLimits,
  MemoryLimits,
  SuiteLimits,
  TestLimits,
  TrackDetail,
} from '@highwater/core';
export { type BaselineDefaults, configureBaselines, matchers } from '@highwater/core';
export { withMemoryLimit } from './limit.js';
export { type HighwaterOptions, type HighwaterPlugin, highwater } from './plugin.js';
