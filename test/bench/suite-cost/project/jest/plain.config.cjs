module.exports = {
  testMatch: ['**/*.test.cjs'],
  testTimeout: 120_000,
  transform: {},
};
