// For people with several copies of `expect`: `expect.extend(matchers)`.

import './types.js';

export { matchers } from '@highwater/core';
