// Redis and Valkey, from an installed binary or from the distribution's package in the user's cache.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { unpackedPackage } from './apt.mjs'

/** The variable with the command of a server, a list in JSON. */
export const REDIS_VARIABLES = /** @type {const} */ ({
  redis: 'CLERK_SYNC_REDIS_SERVER',
  valkey: 'CLERK_SYNC_VALKEY_SERVER',
})

/**
 * The command that runs a server: the tests start their own, with settings of their own, and kill it.
 * @param {keyof typeof REDIS_VARIABLES} kind @param {(text: string) => void} note @returns {Promise<string[]>}
 */
export async function redisCommand(kind, note) {
  const name = `${kind}-server`
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
  const installed = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  if (installed) return [installed]
  try {
    return (await unpackedPackage(name, [`usr/bin/${name}`], note)).command
  } catch (cause) {
    throw new Error(
      `No ${name} to test against: install it, so that it is on the PATH, or name its command in ${REDIS_VARIABLES[kind]}, ` +
        'a list in JSON.',
      { cause },
    )
  }
}
