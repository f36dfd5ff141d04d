/** @type {import('jest').Config} */
module.exports = {
  setupFilesAfterEnv: ['@highwater/jest'],
  // Plain JavaScript needs no Babel.
  transform: {},
};
