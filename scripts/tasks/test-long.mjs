// npm run test:long: what takes hours. A fault in every line of core and of the adapters, one at a time.
import { join } from 'node:path'
import { root } from '../tools.mjs'

process.argv.splice(2, Infinity, '--all')
await import(join(root, 'scripts/tasks/test-mutation.mjs'))
