// npm run test:long [-- PART [OPTIONS]]: what takes hours. More random histories than CI has time for; every row of
// docs/support.md; then a fault in every line of core and of the adapters, one at a time. Or one of these parts, with what
// its own command takes: .github/workflows/weekly.yml
import { join } from 'node:path'
import { root } from '../tools.mjs'

/** @type {Record<string, { script: string, given: string[] }>} */
const PARTS = {
  histories: { script: 'scripts/tasks/test.mjs', given: [] },
  matrix: { script: 'scripts/rehearse-release.mjs', given: ['--matrix'] },
  faults: { script: 'scripts/tasks/test-mutation.mjs', given: ['--all'] },
}

const [asked, ...options] = process.argv.slice(2)
const parts = asked === undefined ? Object.values(PARTS) : [PARTS[asked]]
process.env.CLERK_SYNC_SCHEDULES ??= '2000'
// Otherwise only one of the drivers that get the same statements plays every order.
process.env.CLERK_SYNC_IN_FULL ??= '1'
process.env.CLERK_SYNC_RANDOM_RUNS ??= '200'
for (const part of parts) {
  if (!part)
    throw new Error(`There is no part ${asked}: say ${Object.keys(PARTS).join(', ')}, or nothing for all of them.`)
  process.argv.splice(2, Infinity, ...part.given, ...options)
  await import(join(root, part.script))
}
