// Prisma's clients for the schemas that are named, where a schema or Prisma is newer than what was made of it:
//
//   node scripts/bare-machine/prisma-clients.mjs examples/react-router/prisma/schema.prisma
//
// It needs no network and no database; an application runs `prisma generate`.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

/**
 * @param {string} schema the path of the file
 * @param {string} [made] what the file shall say, where a script makes it
 */
export async function generateClient(schema, made) {
  const folder = dirname(schema)
  const text = made ?? readFileSync(schema, 'utf8')
  const output = /^\s*output\s*=\s*"(.+)"/m.exec(text)?.[1]
  if (!output) throw new Error(`${schema} does not say where its client goes.`)
  const client = resolve(folder, output)
  const manifest = createRequire(schema).resolve('prisma/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const digest = createHash('sha256').update(version).update(text).digest('hex')
  const stamp = join(client, 'made-of')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  rmSync(client, { recursive: true, force: true })
  if (made !== undefined) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(schema, made)
  }
  await promisify(execFile)(
    process.execPath,
    [join(dirname(manifest), 'build/index.js'), 'generate', '--schema', schema],
    {
      cwd: folder,
      env: {
        ...process.env,
        // Prisma wants its schema engine to be there, also for what never runs it: any file will do, and none is downloaded.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    },
  )
  writeFileSync(stamp, digest)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const schema of process.argv.slice(2)) await generateClient(resolve(schema))
