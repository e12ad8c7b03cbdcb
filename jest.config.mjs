// ESM TypeScript through swc; nothing is type-checked here, `tsc` does that in `npm run check`.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/lab/engine'],
  // a net for what hangs, far above what anything takes: no test measures time
  testTimeout: 240_000,
  // most of the time is spent waiting for machines of the lab
  maxWorkers: 3,
};
