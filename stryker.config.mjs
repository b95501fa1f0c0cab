// `npm run test:mutation` says which files are mutated and which tests are run: scripts/tasks/test-mutation.mjs.
const area = process.env.CLERK_SYNC_MUTATION_AREA ?? 'core'

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/mutation/vitest.config.ts' },
  // A mutant of what a module does once, at its start, needs every test and a new process: it would take longer than all
  // others together. What such constants say is seen by the tests that use them.
  ignoreStatic: true,
  concurrency: Number(process.env.CLERK_SYNC_MUTATION_CONCURRENCY ?? 1),
  timeoutMS: 5_000,
  incremental: true,
  incrementalFile: `.cache/mutation/${area}.json`,
  tempDirName: '.cache/mutation/sandbox',
  cleanTempDir: 'always',
  ignorePatterns: ['dist', '.cache', 'examples', 'bench'],
  reporters: ['progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: `.cache/mutation/report-${area}.json` },
  htmlReporter: { fileName: `.cache/mutation/report-${area}.html` },
}
