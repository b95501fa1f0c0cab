// npm run demo:b2b: examples/b2b on a PostgreSQL of its own, built here, until Ctrl-C.
// npm run demo:b2b -- --story: sends it what happens in Clerk, a step every few seconds.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { provideDatabases } from '../bare-machine/databases.mjs'
import { handOver } from '../bare-machine/processes.mjs'
import { buildIfStale, node, root } from '../tools.mjs'

const cwd = join(root, 'examples/b2b')
// One that everybody knows: the demo listens on this machine alone.
process.env.CLERK_WEBHOOK_SIGNING_SECRET ??= `whsec_${btoa('the demo of examples/b2b')}`
process.env.PORT ??= '3000'

const [option, ...others] = process.argv.slice(2)
if (others.length > 0 || (option !== undefined && option !== '--story')) {
  throw new Error(
    `'${process.argv.slice(2).join(' ')}' is not known. Without arguments it serves; --story sends the story.`,
  )
}
await buildIfStale(['@clerk-sync/core', '@clerk-sync/adapter-drizzle', '@clerk-sync/testing'])
const args = option === '--story' ? ['story/send.ts'] : await served()
await handOver(spawn(process.execPath, args, { cwd, stdio: 'inherit' }))

async function served() {
  // Not the tests' database: the demo creates its tables, in an empty one, at each start.
  delete process.env.CLERK_SYNC_POSTGRES_URL
  const { urls } = await provideDatabases(['postgres'])
  Object.assign(process.env, { DATABASE_URL: urls.postgres, DEMO: '1', NEXT_TELEMETRY_DISABLED: '1' })
  const next = join(cwd, 'node_modules/next/dist/bin/next')
  for (const step of [[join(cwd, 'db/create-tables.ts')], [next, 'build', cwd]]) {
    const { ok, output } = await node(step)
    if (!ok) throw new Error(output)
  }
  console.log(`\nOpen http://localhost:${process.env.PORT}, and in a second terminal: npm run demo:b2b -- --story\n`)
  return [next, 'start', '-H', '127.0.0.1']
}
