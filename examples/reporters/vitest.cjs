// Leaves the results of a run for ../run.mjs.

const { writeFileSync } = require('node:fs');

module.exports = class {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((file) => [
      ...[...file.children.allTests()].map((test) => ({
        title: test.name,
        status: test.result().state,
        texts: (test.result().errors ?? []).map((error) => error.message),
      })),
      // A file that does not load.
      ...file.errors().map((error) => failure(file.relativeModuleId, error)),
    ]);
    const others = unhandledErrors.map((error) => failure('unhandled error', error));
    writeFileSync(
      process.env.HIGHWATER_EXAMPLE_RESULTS,
      JSON.stringify([...tests, ...others]),
    );
  }
};

function failure(title, error) {
  return { title, status: 'failed', texts: [error.message] };
}
