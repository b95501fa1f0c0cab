// npm run generate: Prisma's clients, one for each database. In an application, `prisma generate`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateClient } from '@clerk-sync/bare-machine/prisma-clients'

/** Also the global set-up of the tests. */
export default async function setup() {
  for (const name of ['postgres', 'mysql', 'sqlite']) {
    const schema = join(import.meta.dirname, `${name}.prisma`)
    await generateClient(schema)
    const unaltered = join(import.meta.dirname, `../.generated/${name}-beside.prisma`)
    await generateClient(unaltered, withVersionsBeside(readFileSync(schema, 'utf8')))
  }
}

/**
 * MODE=beside: the models without the library's fields, and its own model beside them.
 *
 * @param {string} schema
 */
function withVersionsBeside(schema) {
  const [deletedAt] = /^ {2}deletedAt .*$/m.exec(schema) ?? []
  const models = schema.replace(/^ {2}(clerkVersion|deletedAt) .*\n/gm, '')
  return `${models.replace(/"\.\.\/\.generated\/(\w+)"/, '"./$1-beside"')}
model ClerkVersion {
  tableName String @map("table_name")
  id        String
  version   String
${deletedAt}

  @@id([tableName, id])
  @@map("clerk_versions")
}
`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup()
