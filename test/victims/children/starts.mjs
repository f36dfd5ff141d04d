// Starts what holds memory, through a shell, and takes next to nothing itself.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const holds = fileURLToPath(new URL('holds.mjs', import.meta.url));
execFileSync('/bin/sh', ['-c', `"${process.execPath}" "${holds}"; true`]);
