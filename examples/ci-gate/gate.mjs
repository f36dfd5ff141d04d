// What a pull request gets to see: its run, held against one of the main branch.

import { run } from 'highwater';

await run(['gate', 'runs/pull-request.json', '--against', 'runs/main.json', '--no-ci'], {
  cwd: () => import.meta.dirname,
  env: {},
  stdout: process.stdout,
  stderr: process.stderr,
});
