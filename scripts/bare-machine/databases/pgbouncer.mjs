// PgBouncer, from an installed binary or from the distribution's package in the user's cache.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { unpackedPackage } from './apt.mjs'

/** The command that runs it. @param {(text: string) => void} note @returns {Promise<string[]>} */
export async function pgBouncerCommand(note) {
  // A user's PATH often lacks the folder that distributions put servers in.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const installed = folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path))
  if (installed) return [installed]
  try {
    return (await unpackedPackage('pgbouncer', ['usr/sbin/pgbouncer'], note)).command
  } catch (cause) {
    throw new Error(
      'No PgBouncer to test against: install it, so that pgbouncer is on the PATH, or name its command in ' +
        'CLERK_SYNC_PGBOUNCER, a list in JSON.',
      { cause },
    )
  }
}
