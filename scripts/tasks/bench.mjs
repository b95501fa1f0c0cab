// npm run bench: the benchmark, on real servers that wait for the disk as they do in production.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { provideDatabases } from '../bare-machine/databases.mjs'
import { handOver } from '../bare-machine/processes.mjs'
import { buildIfStale, node, packages, root } from '../tools.mjs'

await buildIfStale(packages().map(({ name }) => name))
const generated = await node([join(root, 'bench/prisma/generate.mjs')])
if (!generated.ok) throw new Error(generated.output)
const { urls } = await provideDatabases(['postgres', 'mysql'], { durable: true })
const env = { ...process.env, CLERK_SYNC_POSTGRES_URL: urls.postgres, CLERK_SYNC_MYSQL_URL: urls.mysql }
// The servers end with this process.
await handOver(
  spawn(process.execPath, [join(root, 'bench/bench.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env }),
)
