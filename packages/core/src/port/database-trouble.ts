import { chainOf } from '../errors.ts'
import { prop } from './prop.ts'

/**
 * Why a database did not do its work, where that is no matter of the row: it cannot be reached, it refuses the login, it
 * lacks a table or a column, it refuses permission, it fills a column itself, or it takes no writes at all.
 */
export type TroubleKind = 'away' | 'login' | 'missing' | 'forbidden' | 'read_only' | 'generated' | 'full'

export interface Trouble {
  readonly kind: TroubleKind
  /** In the words of the database or the driver, which quote no row. */
  readonly sentence: string
}

/** By SQLSTATE, MySQL's number, SQLite's result code, or the code of Node and of drivers for a connection. */
const CODES: ReadonlyMap<unknown, TroubleKind> = new Map<unknown, TroubleKind>([
  // PostgreSQL. Class 08 and 28 are below. invalid_catalog_name: the database of the URL
  ['3D000', 'login'],
  // invalid_schema_name, undefined_table, _column, _function; invalid_column_reference: no unique index for ON CONFLICT
  ['3F000', 'missing'],
  ['42P01', 'missing'],
  ['42703', 'missing'],
  ['42883', 'missing'],
  ['42P10', 'missing'],
  // insufficient_privilege, read_only_sql_transaction, too_many_connections, disk_full, and those of a shutdown
  ['42501', 'forbidden'],
  ['25006', 'read_only'],
  // generated_always
  ['428C9', 'generated'],
  ['53300', 'full'],
  ['53100', 'full'],
  ['57P01', 'away'],
  ['57P02', 'away'],
  ['57P03', 'away'],
  // MySQL and MariaDB
  [1045, 'login'],
  [1044, 'login'],
  [1130, 'login'],
  [1251, 'login'],
  [1698, 'login'],
  [1049, 'login'],
  [1146, 'missing'],
  [1054, 'missing'],
  [1142, 'forbidden'],
  [1143, 'forbidden'],
  [1290, 'read_only'],
  [1836, 'read_only'],
  [1906, 'generated'],
  [3105, 'generated'],
  [1040, 'full'],
  [1053, 'away'],
  [1927, 'away'],
  // SQLite
  ['SQLITE_CANTOPEN', 'away'],
  ['SQLITE_NOTADB', 'away'],
  ['SQLITE_CORRUPT', 'away'],
  ['SQLITE_READONLY', 'read_only'],
  ['SQLITE_PERM', 'read_only'],
  ['SQLITE_FULL', 'full'],
  // Connections: Node's codes, postgres.js's, mysql2's
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'ETIMEDOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'CONNECT_TIMEOUT',
    'CONNECTION_CLOSED',
    'CONNECTION_DESTROYED',
    'CONNECTION_ENDED',
    'PROTOCOL_CONNECTION_LOST',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_SOCKET',
  ].map((code): [string, TroubleKind] => [code, 'away']),
])

/** What drivers say of a connection without any code, and SQLite of a name that it does not know. */
const WORDS: readonly (readonly [TroubleKind, RegExp])[] = [
  ['away', /^timeout exceeded when trying to connect$/],
  ['away', /^Connection terminated\b[\w ]*$/],
  ['away', /^(?:TypeError: )?fetch failed$/],
  ['missing', /no such (?:table|column): [\w."]+/],
  ['missing', /table \w+ has no column named \w+/],
  ['missing', /ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint/],
  ['read_only', /attempt to write a readonly database/],
  ['forbidden', /INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules/],
  ['generated', /cannot (?:INSERT into|UPDATE) generated column "[^"]+"/],
]

/** What the library's own statements call the table is nobody else's name for it. */
const OWN_ALIAS = /^(table )t (?=has no)|(: )t\./

/** What keeps a database from its work, sought through `cause`; undefined where the row may be at fault. */
export function databaseTrouble(error: unknown): Trouble | undefined {
  for (const link of chainOf(error)) {
    const message = messageOf(link)
    const kind = CODES.get(prop(link, 'code')) ?? CODES.get(prop(link, 'errno')) ?? classOf(prop(link, 'code'))
    if (kind) return { kind, sentence: message || String(prop(link, 'code')) }
    for (const [ofWords, words] of WORDS) {
      const found = words.exec(message)
      // The words alone: what an ORM puts around them may be the values of the row.
      if (found) return { kind: ofWords, sentence: found[0].replace(OWN_ALIAS, '$1$2') }
    }
  }
  return undefined
}

/** SQLSTATE's class 08 is connection_exception, 28 invalid_authorization_specification. */
function classOf(code: unknown): TroubleKind | undefined {
  if (typeof code !== 'string' || !/^(?:08|28)[0-9A-Z]{3}$/.test(code)) return undefined
  return code.startsWith('08') ? 'away' : 'login'
}

/** Node tries several addresses, and says nothing of its own where none answers. */
function messageOf(link: unknown): string {
  const message = prop(link, 'sqlMessage') ?? prop(link, 'message')
  if (typeof message === 'string' && message !== '') return message
  const [first] = Array.isArray(prop(link, 'errors')) ? (prop(link, 'errors') as readonly unknown[]) : []
  const ofFirst = prop(first, 'message')
  return typeof ofFirst === 'string' ? ofFirst : ''
}
