/** @type {import('jest').Config} */
module.exports = {
  setupFilesAfterEnv: ['@highwater/jest'],
  reporters: ['default', '@highwater/jest/reporter'],
  // Each assertion calls its function hundreds of times.
  testTimeout: 30_000,
  // Plain JavaScript needs no Babel.
  transform: {},
};
