// npm run generate: Prisma's clients, one for each database, where a schema is newer than what was made of it. It needs
// no network and no database.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const quickstart = join(import.meta.dirname, '..')
const prisma = join(quickstart, 'node_modules/prisma')

/** @param {string} name */
async function generate(name) {
  const schema = join(import.meta.dirname, `${name}.prisma`)
  const output = join(quickstart, '.generated', name)
  const stamp = join(output, 'made-of')
  const { version } = JSON.parse(readFileSync(join(prisma, 'package.json'), 'utf8'))
  const digest = createHash('sha256').update(version).update(readFileSync(schema)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  rmSync(output, { recursive: true, force: true })
  // Prisma wants its schema engine to be there, also for what never runs it: any file will do, and none is downloaded.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  }
  await promisify(execFile)(process.execPath, [join(prisma, 'build/index.js'), 'generate', '--schema', schema], {
    cwd: quickstart,
    env,
  })
  writeFileSync(stamp, digest)
}

/** Also the global set-up of the tests. */
export default async function setup() {
  for (const name of ['postgres', 'mysql', 'sqlite']) await generate(name)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup()
