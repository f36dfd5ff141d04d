// A program that measures itself with highwater: its totals are those of the measurement.
import { measure } from '@highwater/core';

measure(() => ({ x: 1 }), { rounds: 1, iterations: 1, warmup: 0 });
