// Makes the clients, one for each kind of database, from models.prisma.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateClient } from '../../scripts/bare-machine/prisma-clients.mjs'

const models = readFileSync(join(import.meta.dirname, 'models.prisma'), 'utf8')

for (const provider of ['postgresql', 'mysql', 'sqlite'])
  await generateClient(
    join(import.meta.dirname, '.generated', provider, 'schema.prisma'),
    `generator client {
  provider            = "prisma-client"
  output              = "./client"
  moduleFormat        = "esm"
  importFileExtension = "ts"
}
datasource db {
  provider = "${provider}"
}
${models}`,
  )
