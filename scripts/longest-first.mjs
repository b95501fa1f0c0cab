import { relative } from 'node:path'
import { BaseSequencer } from 'vitest/node'
import { root } from './tools.mjs'

/**
 * Test files that take a minute and more, the longest first. The order is all that matters: one of them that started last
 * would run alone, beside an idle core. Vitest goes by the size of files, and by what they took before, which a new
 * checkout does not know; it orders projects by name, so that the longest of one waits for all of another.
 */
export const LONGEST = [
  'examples/quickstart/test/kill.test.ts',
  'packages/adapter-supabase/test/mutants.test.ts',
  'packages/adapter-drizzle/test/d1.test.ts',
  'packages/adapter-drizzle/test/neon-http.test.ts',
  'packages/adapter-kysely/test/node-postgres.test.ts',
  'packages/adapter-drizzle/test/node-postgres.test.ts',
  'packages/adapter-prisma/test/mysql.test.ts',
  'packages/adapter-kysely/test/mysql.test.ts',
  'packages/adapter-supabase/test/supabase.test.ts',
  'packages/adapter-drizzle/test/planetscale.test.ts',
  'packages/adapter-drizzle/test/postgres-js.test.ts',
  'packages/adapter-drizzle/test/mysql.test.ts',
  'packages/adapter-drizzle/test/mariadb.test.ts',
  'packages/adapter-prisma/test/postgres.test.ts',
  'packages/adapter-prisma/test/mariadb.test.ts',
  'packages/cli/test/runs.test.ts',
  'packages/cli/test/doctor.test.ts',
  'packages/adapter-prisma/test/sqlite.test.ts',
  'packages/adapter-prisma/test/prisma6.test.ts',
  'packages/adapter-kysely/test/mariadb.test.ts',
  'packages/adapter-testkit/test/capabilities.test.ts',
  'packages/adapter-drizzle/test/bursts.test.ts',
  'packages/adapter-kysely/test/bursts.test.ts',
]

/** Groups of projects in their order; in each, the longest files first, and the others as vitest has them. */
export class LongestFirst extends BaseSequencer {
  /** @override @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    const placed = (await super.sort(files)).map((file) => ({
      file,
      group: file.project.config.sequence.groupOrder,
      path: relative(root, file.moduleId).replaceAll('\\', '/'),
    }))
    return placed.sort(longestFirst).map(({ file }) => file)
  }
}

/** @typedef {{ group: number, path: string }} Placed */

/** @param {Placed} a @param {Placed} b */
export function longestFirst(a, b) {
  return a.group - b.group || placeOf(a) - placeOf(b)
}

/** @param {Placed} file */
function placeOf({ path }) {
  const place = LONGEST.indexOf(path)
  return place === -1 ? LONGEST.length : place
}
