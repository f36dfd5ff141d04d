module.exports = {
  ...require('./plain.config.cjs'),
  setupFilesAfterEnv: ['@highwater/jest'],
  reporters: ['default', ['@highwater/jest/reporter', { track: true }]],
};
