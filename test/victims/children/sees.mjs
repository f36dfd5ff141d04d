// What a program sees of being measured, and how it ends.
import { Worker } from 'node:worker_threads';

await new Promise((resolve) => {
  new Worker('1', { eval: true }).on('exit', resolve);
});
process.stdout.write(
  JSON.stringify({
    options: process.env.NODE_OPTIONS ?? '',
    execArgv: process.execArgv,
    user: process.env.USER_VALUE,
    preloaded: globalThis.preloaded ?? false,
    globals: Object.keys(globalThis).filter((name) => /highwater/i.test(name)),
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap'),
  }),
);
process.exitCode = 3;
