import { defineConfig } from 'vitest/config'
import { LongestFirst } from './scripts/longest-first.mjs'

// Projects of one group run together, two files at a time, and the groups one after another, so that no core is idle
// before the last file of a group. What kills servers waits for what it sees, not for time, and needs no group of its own.
const project = (name: string, root: string, group: number, maxWorkers: number) => ({
  name,
  root,
  include: ['test/**/*.test.ts'],
  maxWorkers,
  sequence: { groupOrder: group },
})

/** Of its own for tests that ask for a database: the first of them waits for a server to start. */
const databases = { testTimeout: 60_000, hookTimeout: 180_000 }

/** The same, and PgBouncer. */
const networks = { ...databases, globalSetup: `${import.meta.dirname}/scripts/bare-machine/vitest-pgbouncer.ts` }

/** Pages, in a browser: in the folders of their packages and examples, and in a project of their own. */
const BROWSER_TESTS = 'test/browser/**/*.test.ts'

/** Examples with a project of their own; the others are each a server in somebody's framework. */
const NO_HOSTS = ['**/node_modules/**', 'quickstart/**', 'adapter-lmdb/**', `*/${BROWSER_TESTS}`]

export default defineConfig({
  // Tests of the packages import the sources, by the table in tsconfig.json. An example has a tsconfig.json of its
  // own without such a table: it gets what was built, as a user would.
  resolve: { tsconfigPaths: true },
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    // Hundreds of processes start from the same sources: Node keeps what it compiled, for half of a start. Few random
    // schedules, for whoever runs some tests by hand: `npm test` has more.
    env: {
      NODE_COMPILE_CACHE: `${import.meta.dirname}/.cache/compiled`,
      CLERK_SYNC_SCHEDULES: process.env.CLERK_SYNC_SCHEDULES || '20',
    },
    // Starts nothing itself: a server starts when a test asks for its URL.
    globalSetup: `${import.meta.dirname}/scripts/bare-machine/vitest-databases.ts`,
    projects: [
      { test: project('scripts', 'scripts', 0, 2) },
      { test: project('core', 'packages/core', 0, 2) },
      { test: project('testing', 'packages/testing', 0, 2) },
      { test: project('host-conformance', 'packages/host-conformance', 0, 2) },
      { test: project('project', 'packages/project', 0, 1) },
      {
        test: {
          ...project('cli', 'packages/cli', 0, 2),
          exclude: ['**/node_modules/**', BROWSER_TESTS],
          ...databases,
        },
      },
      { test: project('adapter-testkit', 'packages/adapter-testkit', 0, 2) },
      { test: project('test-support', 'packages/test-support', 0, 1) },
      { test: { ...project('fault-proxy', 'packages/fault-proxy', 0, 1), ...networks } },
      { test: { ...project('adapter-drizzle', 'packages/adapter-drizzle', 0, 2), ...networks } },
      { test: { ...project('adapter-kysely', 'packages/adapter-kysely', 0, 2), ...databases } },
      {
        test: {
          ...project('adapter-prisma', 'packages/adapter-prisma', 0, 2),
          ...databases,
          globalSetup: `${import.meta.dirname}/packages/adapter-prisma/test/generate.mjs`,
        },
      },
      { test: { ...project('supabase-fake', 'packages/supabase-fake', 0, 1), ...databases } },
      { test: { ...project('adapter-supabase', 'packages/adapter-supabase', 0, 2), ...databases } },
      {
        test: {
          ...project('queue', 'packages/queue', 0, 2),
          ...databases,
          globalSetup: `${import.meta.dirname}/scripts/bare-machine/vitest-redis.ts`,
        },
      },
      { test: project('adapter-lmdb', 'examples/adapter-lmdb', 0, 1) },
      // Each builds and starts a server: one at a time.
      {
        test: {
          ...project('examples', 'examples', 1, 1),
          include: ['*/test/**/*.test.ts'],
          exclude: NO_HOSTS,
          ...databases,
        },
      },
      {
        test: {
          ...project('quickstart', 'examples/quickstart', 0, 2),
          exclude: ['**/node_modules/**', BROWSER_TESTS],
          ...databases,
          globalSetup: [`${import.meta.dirname}/examples/quickstart/prisma/generate.mjs`, networks.globalSetup],
        },
      },
      {
        test: {
          ...project('browser', import.meta.dirname, 2, 1),
          include: [`{examples,packages}/*/${BROWSER_TESTS}`],
          ...databases,
          globalSetup: `${import.meta.dirname}/scripts/bare-machine/vitest-browser.ts`,
        },
      },
    ],
  },
})
