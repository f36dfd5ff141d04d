// What files that run side by side share is made before the first of them.

import { packPackages } from '../tools/project.mjs';
import { buildVictimAddon } from '../victims/native/build.mjs';

export function setup(): void {
  packPackages();
  buildVictimAddon();
}
