// `npm run test:mutation` says which files are mutated and which tests are run: scripts/tasks/test-mutation.mjs.
const area = process.env.CLERK_SYNC_MUTATION_AREA ?? 'core'
const { CLERK_SYNC_MUTATION_RESULTS: results = area, CLERK_SYNC_MUTATION_CHOICE: choice } = process.env

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation/sample.mjs', './scripts/mutation/prose.mjs'],
  ignorers: ['prose'],
  checkers: choice ? [choice] : [],
  // As vitest runs them: a thread has neither a folder nor an environment of its own.
  vitest: { configFile: 'scripts/mutation/vitest.config.ts', pool: 'forks' },
  // A mutant of what a module does once, at its start, needs every test and a new process: it would take longer than all
  // others together. What such constants say is seen by the tests that use them.
  ignoreStatic: true,
  concurrency: Number(process.env.CLERK_SYNC_MUTATION_CONCURRENCY ?? 1),
  timeoutMS: 5_000,
  // The first run, of every test with all faults in the sources, and each of them switched off.
  dryRunTimeoutMinutes: choice === 'left' ? 180 : 30,
  // What was left out is no result to keep.
  incremental: !choice,
  incrementalFile: `.cache/mutation/${area}.json`,
  tempDirName: '.cache/mutation/sandbox',
  cleanTempDir: 'always',
  ignorePatterns: ['dist', '.cache', 'examples', 'bench'],
  reporters: ['progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: `.cache/mutation/report-${results}.json` },
  htmlReporter: { fileName: `.cache/mutation/report-${results}.html` },
}
