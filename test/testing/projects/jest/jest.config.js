module.exports = {
  testEnvironment: 'palimpsest/jest',
  testEnvironmentOptions: { palimpsest: { database: 'app', settleMs: 50 } },
  testMatch: ['**/*.spec.js'],
  transform: {},
  watchman: false,
  testTimeout: 60_000,
}
