// npm run demo [-- --serve]: the quickstart, on packages built here.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { handOver } from '../bare-machine/processes.mjs'
import { buildIfStale, node, root } from '../tools.mjs'

const adapter = process.env.ADAPTER || 'drizzle'
const quickstart = join(root, 'examples/quickstart')
await buildIfStale(['@clerk-sync/core', '@clerk-sync/testing', `@clerk-sync/adapter-${adapter}`])
if (adapter === 'prisma') {
  const { ok, output } = await node([join(quickstart, 'prisma/generate.mjs')])
  if (!ok) throw new Error(output)
}
// Its own output and its own process id: nothing stands between the reader and the server.
await handOver(
  spawn(process.execPath, [join(quickstart, 'src/main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  }),
)
