import {
  chainOf,
  databaseFault,
  databaseTrouble,
  type Fault,
  prop,
  type Refusal,
  refusalOf,
  type Trouble,
  type TroubleKind,
} from '@clerk-sync/core/adapter'

/** Prisma's own codes, and the kinds of error of its driver adapters. */
const FAULTS: ReadonlyMap<unknown, Fault> = new Map<unknown, Fault>([
  ['P2002', 'unique_conflict'],
  ['P2003', 'reference_missing'],
  ['P2034', 'transient'],
  ['UniqueConstraintViolation', 'unique_conflict'],
  ['ForeignKeyConstraintViolation', 'reference_missing'],
  ['TransactionWriteConflict', 'transient'],
])

/** A driver adapter keeps the database's own code aside, and takes what an SQLite trigger raises for a foreign key's. */
const CODE_FIELDS = ['code', 'originalCode', 'kind'] as const

/** What Prisma, or the database behind it, refused. Prisma keeps what a driver adapter threw beside `cause`. */
export function prismaFault(error: unknown): Fault | undefined {
  for (const link of chainOf(error)) {
    for (const one of [link, ...chainOf(prop(prop(link, 'meta'), 'driverAdapterError'))]) {
      for (const field of CODE_FIELDS) {
        const code = prop(one, field)
        const fault = FAULTS.get(code) ?? databaseFault({ code, errno: Number(code), sqlState: prop(one, 'state') })
        if (fault) return fault
      }
    }
  }
  return undefined
}

/** The constraint or column that the database behind Prisma named. */
export function prismaRefusal(error: unknown): Refusal | undefined {
  for (const link of chainOf(error)) {
    for (const one of chainOf(prop(prop(link, 'meta'), 'driverAdapterError'))) {
      const refusal = refusalOf({ code: prop(one, 'originalCode'), message: prop(one, 'originalMessage') })
      if (refusal) return refusal
    }
  }
  return undefined
}

/** Prisma's own codes for a connection, and for what its schema has and the database has not. Their messages quote no row. */
const TROUBLES: ReadonlyMap<unknown, TroubleKind> = new Map<unknown, TroubleKind>([
  ['P1000', 'login'],
  ['P1001', 'away'],
  ['P1002', 'away'],
  ['P1003', 'login'],
  ['P1008', 'away'],
  ['P1010', 'forbidden'],
  ['P1011', 'away'],
  ['P1017', 'away'],
  ['P2021', 'missing'],
  ['P2022', 'missing'],
  ['P2037', 'full'],
])

/** What driver adapters call it where they drop the database's own code. */
const KINDS: ReadonlyMap<unknown, TroubleKind> = new Map<unknown, TroubleKind>([
  ['DatabaseNotReachable', 'away'],
  ['ConnectionClosed', 'away'],
  ['SocketTimeout', 'away'],
  ['TlsConnectionError', 'away'],
  ['AuthenticationFailed', 'login'],
  ['DatabaseAccessDenied', 'login'],
  ['DatabaseDoesNotExist', 'login'],
  ['TableDoesNotExist', 'missing'],
  ['ColumnNotFound', 'missing'],
  ['TooManyConnections', 'full'],
])

/** What keeps the database behind Prisma from its work, in its own words where Prisma has kept them. */
export function prismaTrouble(error: unknown): Trouble | undefined {
  for (const link of chainOf(error)) {
    for (const one of chainOf(prop(prop(link, 'meta'), 'driverAdapterError'))) {
      const trouble = typeof one === 'string' ? troubleInPool(one) : troubleOfDriver(one)
      if (trouble) return trouble
    }
    const kind = TROUBLES.get(prop(link, 'code') ?? prop(link, 'errorCode'))
    // Before the message, Prisma shows the code that called it.
    const sentence = String(prop(link, 'message')).trim().split('\n').at(-1)
    if (kind) return { kind, sentence: sentence ?? '' }
  }
  return undefined
}

function troubleOfDriver(one: unknown): Trouble | undefined {
  const [code, message] = [prop(one, 'originalCode'), prop(one, 'originalMessage')]
  // MySQL's number comes as text.
  const known =
    databaseTrouble({ code, errno: Number(code), message }) ??
    databaseTrouble({ code: prop(one, 'code'), message: prop(one, 'message') })
  if (known) return known
  const kind = KINDS.get(prop(one, 'kind'))
  if (!kind) return undefined
  const [host, port] = [prop(one, 'host'), prop(one, 'port')]
  const address = host === undefined ? '' : `: ${host}${port === undefined ? '' : `:${port}`}`
  return { kind, sentence: typeof message === 'string' ? message : `${prop(one, 'kind')}${address}` }
}

/** The driver for MariaDB says why its pool got no connection in the text of a cause alone. */
function troubleInPool(text: string): Trouble | undefined {
  const [line = ''] = text.split('\n')
  const [, errno, message] = /\bno: (\d+), SQLState: \w+\) (.+)/.exec(line) ?? []
  if (message !== undefined) return databaseTrouble({ errno: Number(errno), message })
  const [found, code] = /\b(?:connect|getaddrinfo|read|write) (E[A-Z_]+)\b.*/.exec(line) ?? []
  return databaseTrouble({ code, message: found })
}
