// Makes the clients, one for each kind of database, from models.prisma; without a network, and only when it changed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const manifest = createRequire(import.meta.url).resolve('prisma/package.json')
const models = readFileSync(join(import.meta.dirname, 'models.prisma'), 'utf8')

for (const provider of ['postgresql', 'mysql', 'sqlite']) {
  const folder = join(import.meta.dirname, '.generated', provider)
  const file = join(folder, 'schema.prisma')
  const schema = `// Prisma ${JSON.parse(readFileSync(manifest, 'utf8')).version}
generator client {
  provider            = "prisma-client"
  output              = "./client"
  moduleFormat        = "esm"
  importFileExtension = "ts"
}
datasource db {
  provider = "${provider}"
}
${models}`
  if (existsSync(join(folder, 'client')) && readFileSync(file, 'utf8') === schema) continue
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, schema)
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(dirname(manifest), 'build/index.js'), 'generate', '--schema', file],
    {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      // `generate` asks for the schema engine to be there, and never runs it.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    },
  )
  if (status !== 0) throw new Error(`prisma generate for ${provider} ended with ${status}.\n${stderr}`)
}
