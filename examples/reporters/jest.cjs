// Leaves the results of a run for ../run.mjs.

const { writeFileSync } = require('node:fs');

module.exports = class {
  onRunComplete(_, { testResults }) {
    const tests = testResults.flatMap((file) => [
      ...file.testResults.map(({ title, status, failureMessages }) => ({
        title,
        status,
        texts: failureMessages,
      })),
      // A file that does not load.
      ...(file.testExecError === undefined
        ? []
        : [
            {
              title: file.testFilePath,
              status: 'failed',
              texts: [file.testExecError.message],
            },
          ]),
    ]);
    writeFileSync(process.env.HIGHWATER_EXAMPLE_RESULTS, JSON.stringify(tests));
  }
};
