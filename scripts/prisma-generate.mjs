// Prisma's client for a schema, where the schema or Prisma is newer than what was made of it:
//
//   node scripts/prisma-generate.mjs examples/react-router/prisma/schema.prisma
//
// It needs no network and no database; an application runs `prisma generate`.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

for (const schema of process.argv.slice(2).map((path) => resolve(path))) {
  const text = readFileSync(schema, 'utf8')
  const output = /^\s*output\s*=\s*"(.+)"/m.exec(text)?.[1]
  if (!output) throw new Error(`${schema} does not say where its client goes.`)
  const require = createRequire(schema)
  const home = dirname(require.resolve('prisma/package.json'))
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const client = resolve(dirname(schema), output)
  const stamp = join(client, 'made-of')
  const digest = createHash('sha256').update(version).update(text).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) continue
  rmSync(client, { recursive: true, force: true })
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(home, 'build/index.js'), 'generate', '--schema', schema],
    {
      cwd: dirname(schema),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        // Prisma wants its schema engine to be there, also for what never runs it: any file will do.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    },
  )
  if (status !== 0) throw new Error(`prisma generate failed for ${schema}.\n${stderr}`)
  writeFileSync(stamp, digest)
}
