// npm run test:long: what takes hours. More random histories than CI has time for; every row of docs/support.md; then a
// fault in every line of core and of the adapters, one at a time.
import { join } from 'node:path'
import { root } from '../tools.mjs'

process.argv.splice(2)
process.env.CLERK_SYNC_SCHEDULES ??= '2000'
// Otherwise only one of the drivers that get the same statements plays every order.
process.env.CLERK_SYNC_IN_FULL ??= '1'
process.env.CLERK_SYNC_RANDOM_RUNS ??= '200'
await import(join(root, 'scripts/tasks/test.mjs'))
process.argv.splice(2, Infinity, '--matrix')
await import(join(root, 'scripts/rehearse-release.mjs'))
process.argv.splice(2, Infinity, '--all')
await import(join(root, 'scripts/tasks/test-mutation.mjs'))
