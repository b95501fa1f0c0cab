import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const SCRIPT = join(import.meta.dirname, '../../../../scripts/bare-machine/prisma-clients.mjs')

/** What `prisma generate` makes of a schema, without a network. */
export async function makePrismaClient(schema: string): Promise<void> {
  await promisify(execFile)(process.execPath, [SCRIPT, schema])
}
