// The public API of the command: itself, for a process or a test to run.

export { run } from './main.js';
export type { World } from './world.js';
