// npm run --silent clerk-sync -- COMMAND …: the command, on the quickstart's own module and database.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { handOver } from '../bare-machine/processes.mjs'
import { buildIfStale, node, root } from '../tools.mjs'

const adapter = process.env.ADAPTER || 'drizzle'
const quickstart = join(root, 'examples/quickstart')
await buildIfStale(['@clerk-sync/core', `@clerk-sync/adapter-${adapter}`, '@clerk-sync/testing', '@clerk-sync/cli'])
if (adapter === 'prisma') {
  const { ok, output } = await node([join(quickstart, 'prisma/generate.mjs')])
  if (!ok) throw new Error(output)
}
const cli = join(root, 'packages/cli/dist/cli.js')
const env = { CLERK_SYNC_MODULE: join(quickstart, 'src/clerk-sync.ts'), ...process.env }
await handOver(spawn(process.execPath, [cli, ...process.argv.slice(2)], { stdio: 'inherit', env }))
