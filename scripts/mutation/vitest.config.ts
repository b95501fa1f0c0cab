// What StrykerJS runs against each mutant. Its runner knows no projects, so this is not the configuration at the root.
import { defineConfig } from 'vitest/config'

const tests = process.env.CLERK_SYNC_MUTATION_TESTS ?? 'packages/core/test/**/*.test.ts'

export default defineConfig({
  root: `${import.meta.dirname}/../..`,
  resolve: { tsconfigPaths: true },
  test: { include: tests.split('\n'), testTimeout: 20_000, hookTimeout: 60_000 },
})
