// What StrykerJS runs against each mutant. Its runner knows no projects, so this is not the configuration at the root.
import { defineConfig } from 'vitest/config'

const area = process.env.CLERK_SYNC_MUTATION_AREA
const machine = `${import.meta.dirname}/../bare-machine`
const tests = process.env.CLERK_SYNC_MUTATION_TESTS ?? 'packages/core/test/**/*.test.ts'

export default defineConfig({
  root: `${import.meta.dirname}/../..`,
  resolve: { tsconfigPaths: true },
  test: {
    include: tests.split('\n'),
    // Core loads its hosts, and what they need, for none of its tests but theirs.
    setupFiles: area === 'core' ? [] : [`${import.meta.dirname}/load-lazy.ts`],
    // Where no fault is in, tests take several times as long as without StrykerJS's own code; where one hangs, StrykerJS
    // ends it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A server starts when a test asks for it. Of the adapters, Drizzle's sends statements under names, through poolers too.
    globalSetup: [
      `${machine}/vitest-databases.ts`,
      ...(area === 'adapter-drizzle' ? [`${machine}/vitest-pgbouncer.ts`] : []),
    ],
  },
})
