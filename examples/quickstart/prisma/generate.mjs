// npm run generate: Prisma's clients, one for each database. In an application, `prisma generate`.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateClient } from '@clerk-sync/bare-machine/prisma-clients'

/** Also the global set-up of the tests. */
export default async function setup() {
  for (const name of ['postgres', 'mysql', 'sqlite']) await generateClient(join(import.meta.dirname, `${name}.prisma`))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup()
