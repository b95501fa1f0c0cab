// npm run demo [-- --serve]: the quickstart, on packages built here.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { handOver } from '../processes.mjs'
import { buildIfStale, root } from './build.mjs'

await buildIfStale(['@clerk-sync/core', `@clerk-sync/adapter-${process.env.ADAPTER || 'drizzle'}`])
// Its own output and its own process id: nothing stands between the reader and the server.
await handOver(
  spawn(process.execPath, [join(root, 'examples/quickstart/src/main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  }),
)
