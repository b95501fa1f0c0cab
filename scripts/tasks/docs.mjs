// npm run docs: the site, served.  npm run docs -- --check: built, its links checked, and tried in a browser.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { handOver } from '../bare-machine/processes.mjs'
import { checks } from '../checks.mjs'
import { buildIfStale, root, step } from '../tools.mjs'

// The first page runs the library itself.
await buildIfStale(['@clerk-sync/core', '@clerk-sync/testing'])
if (process.argv.includes('--check')) {
  await step('site', checks.site)
} else {
  await handOver(spawn(process.execPath, [join(root, 'site/serve.mjs')], { stdio: 'inherit' }))
}
