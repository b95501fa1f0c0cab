// What the environment says, checked before anything is started.
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'

export type Dialect = 'postgres' | 'mysql' | 'sqlite'

export interface Database {
  readonly dialect: Dialect
  /** A URL; the path of a file for SQLite. */
  readonly address: string
}

/** Where the versions of the rows are: in columns of the application's tables, or beside them, in a table of their own. */
export type Mode = (typeof MODES)[number]
export const MODES = ['row', 'beside'] as const

export interface Settings {
  readonly serve: boolean
  /** Undefined where the environment does not say: the server takes 3000, the story a free one. */
  readonly port: number | undefined
  readonly signingSecret: string
  readonly secretIsNew: boolean
  /** Undefined where the environment does not say: the server takes a file of its own, the story a temporary one. */
  readonly database: Database | undefined
  readonly adapter: string
  readonly mode: Mode
}

/** Something the person who started it can put right: shown as one line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws SettingsError */
export function readSettings(args: readonly string[], env: Environment, adapters: readonly string[]): Settings {
  const unknown = args.find((arg) => arg !== '--serve')
  if (unknown !== undefined) {
    throw new SettingsError(`${unknown} is not known. Without arguments it tells a story and ends; --serve serves.`)
  }
  const adapter = env.ADAPTER || 'drizzle'
  if (!adapters.includes(adapter)) {
    throw new SettingsError(`ADAPTER is "${adapter}", and the choices are: ${adapters.join(', ')}.`)
  }
  const mode = MODES.find((one) => one === (env.MODE || 'row'))
  if (!mode) throw new SettingsError(`MODE is "${env.MODE}", and the choices are: ${MODES.join(', ')}.`)
  const given = env.CLERK_WEBHOOK_SIGNING_SECRET
  return {
    serve: args.includes('--serve'),
    port: readPort(env.PORT),
    signingSecret: given || newSecret(),
    secretIsNew: !given,
    database: readDatabase(env.DATABASE_URL, env.INIT_CWD),
    adapter,
    mode,
  }
}

function readPort(port: string | undefined): number | undefined {
  if (!port) return undefined
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port)
  throw new SettingsError(`PORT is "${port}", and must be a number from 0 (any free port) to 65535.`)
}

const DATABASE_FORMS = 'postgres://USER:PASSWORD@HOST/NAME, mysql://USER:PASSWORD@HOST/NAME or sqlite:FILE'

/** @param cwd - what a relative file is relative to: npm runs scripts elsewhere, and says where it was called. */
function readDatabase(url: string | undefined, cwd = '.'): Database | undefined {
  if (!url) return undefined
  const [scheme, rest] = url.split(/:(.*)/s) as [string, string | undefined]
  if (scheme === 'sqlite') {
    const file = rest?.replace(/^\/\//, '') ?? ''
    if (file && !file.startsWith(':')) return { dialect: 'sqlite', address: resolve(cwd, file) }
    throw new SettingsError('DATABASE_URL must name a file: sqlite:FILE. What is in memory would not survive.')
  }
  const dialect = scheme === 'postgresql' ? 'postgres' : scheme
  // The URL may hold a password, so no message repeats it.
  if (dialect !== 'postgres' && dialect !== 'mysql') {
    throw new SettingsError(`DATABASE_URL must be ${DATABASE_FORMS}.`)
  }
  const parsed = URL.parse(url)
  if (parsed?.host && parsed.pathname.length > 1) return { dialect, address: url }
  throw new SettingsError(`DATABASE_URL must name a host and a database: ${DATABASE_FORMS}.`)
}

/** Where a database is, for people: without user and password. */
export function nameOf({ dialect, address }: Database): string {
  if (dialect === 'sqlite') return `SQLite, ${address}`
  const { host, pathname } = new URL(address)
  return `${dialect === 'postgres' ? 'PostgreSQL' : 'MySQL'}, ${host}${pathname}`
}

function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`
}
