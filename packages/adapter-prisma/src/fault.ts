import { chainOf, databaseFault, type Fault, prop, type Refusal, refusalOf } from '@clerk-sync/core/adapter'

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
