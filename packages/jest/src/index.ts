// `setupFilesAfterEnv: ['@highwater/jest']`: registers the matchers in every test file.

import { checkAwaited, matchers } from '@highwater/core';
import { afterEach, expect } from '@jest/globals';
import './types.js';

expect.extend(matchers);
afterEach(checkAwaited);
