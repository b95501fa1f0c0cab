// MySQL and MariaDB from a server binary: an installed one, or the distribution's package in the user's cache.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { unpackedPackage } from './apt.mjs'
import { KINDS } from './kinds.mjs'
import { startServer } from './server.mjs'

/** @typedef {import('./keeper.mjs').Wanted} Wanted */
/** @typedef {{ command: string[], prefix: string }} Binary  how to call it, and the folder that its share/ is in */

/** @type {Record<string, string[]>} */
const NAMES = { mysql: ['mysqld'], mariadb: ['mariadbd', 'mysqld'] }

/** @param {Wanted} wanted */
export async function startInstalled(wanted) {
  // A user's PATH often lacks the folder that distributions put servers in.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec']
  for (const name of NAMES[wanted.kind] ?? []) {
    const file = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
    if (!file || !isKind(wanted.kind, [file])) continue
    return start(wanted, { command: [file], prefix: dirname(dirname(realpathSync(file))) }, `installed ${name}`)
  }
  throw new Error(`no ${NAMES[wanted.kind]?.join(' or ')} of ${KINDS[wanted.kind].title} on the PATH.`)
}

/** @param {Wanted} wanted */
export async function startPackaged(wanted) {
  const { root, command, name } = await unpackedPackage(
    `${wanted.kind}-server-core`,
    NAMES[wanted.kind]?.map((binary) => `usr/sbin/${binary}`) ?? [],
    wanted.note,
  )
  return start(wanted, { command, prefix: join(root, 'usr') }, `package ${name}`)
}

/** @param {string} kind @param {string[]} command */
function isKind(kind, [file = '', ...args]) {
  const { status, stdout } = spawnSync(file, [...args, '--no-defaults', '--version'], { encoding: 'utf8' })
  return status === 0 && /mariadb/i.test(stdout) === (kind === 'mariadb')
}

/** @param {Wanted} wanted @param {Binary} binary @param {string} rung */
function start({ kind, durable }, { command: [command = '', ...before], prefix }, rung) {
  const common = (/** @type {string} */ folder) => [
    ...before,
    '--no-defaults',
    `--user=${userInfo().username}`,
    `--basedir=${prefix}`,
    `--datadir=${join(folder, 'data')}`,
    `--lc-messages-dir=${share(prefix)}`,
    '--character-set-server=utf8mb4',
    ...KINDS[kind].flags(durable),
  ]
  return startServer({
    kind,
    rung,
    login: 'root',
    home: 'mysql',
    end: 'SIGKILL',
    prepare: (folder) =>
      kind === 'mysql'
        ? { command, args: [...common(folder), '--initialize-insecure'] }
        : { command, args: [...common(folder), '--bootstrap'], input: systemTables(share(prefix)) },
    serve: (folder, port) => ({
      command,
      args: [
        ...common(folder),
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        ...(kind === 'mysql' ? ['--mysqlx=OFF', '--secure-file-priv=NULL'] : ['--skip-name-resolve']),
      ],
    }),
  })
}

/** @param {string} prefix */
function share(prefix) {
  const found = ['share/mysql', 'share/mariadb', 'share'].map((path) => join(prefix, path))
  return found.find((path) => existsSync(join(path, 'english', 'errmsg.sys'))) ?? join(prefix, 'share/mysql')
}

/**
 * What mariadb-install-db feeds to a new server. The script itself cannot be used: it calls the binary by a path of
 * its own. Its variables: root without a password, no anonymous user.
 * @param {string} folder
 */
function systemTables(folder) {
  const read = (/** @type {string} */ name) => {
    const file = ['mariadb', 'mysql'].map((by) => join(folder, `${by}_${name}.sql`)).find((path) => existsSync(path))
    if (!file) throw new Error(`MariaDB's ${name}.sql is not in ${folder}.`)
    return readFileSync(file, 'utf8')
  }
  return [
    // One statement a line, as --bootstrap wants it.
    'create database mysql;',
    'use mysql;',
    'set @auth_root_socket=null, @skip_auth_anonymous=1;',
    read('system_tables'),
    read('system_tables_data'),
  ].join('\n')
}
