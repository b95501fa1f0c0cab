import type { DatabaseSync } from 'node:sqlite'
import { ClerkSyncError } from '@clerk-sync/core'
import {
  type Change,
  type DeleteOutcome,
  demandsLive,
  type Entity,
  type Found,
  heldOutcome,
  NO_VERSION,
  oneByOne,
  overDiscovered,
  type Replacement,
  type Rows,
  type SyncAdapter,
  snakeCase,
  type TableInfo,
  takenOutcome,
  type UpsertOutcome,
  type WriteOutcome,
  withRetries,
} from '@clerk-sync/core/adapter'
import { type DatabaseCalls, fillableColumns, SHAPES, type Shape, type SyncedTableName, TABLES } from '../src/index.ts'

type Sql = string | number | null

/** What a hook writes with. */
export type Statements = Pick<DatabaseSync, 'prepare' | 'exec'>

/** What an adapter can get wrong where the application has triggers. */
export type Mistake =
  | 'trusts its writes'
  | 'trusts what its writes return'
  | 'trusts its claims'
  | 'rewrites rows that are newer'

/** What someone who knows nothing but the port may write: SQLite without an ORM, reading before it writes. */
export function thirdPartyAdapter(
  db: DatabaseSync,
  shape: Shape,
  calls: DatabaseCalls,
  mistake?: Mistake,
): SyncAdapter<Rows, Statements> {
  const tables: { readonly [E in Entity]?: SyncedTableName } = SHAPES[shape].tables
  const run = (sql: string, ...values: Sql[]) => calls.runSync(() => db.prepare(sql).run(...values))
  const get = (sql: string, ...values: Sql[]) => calls.runSync(() => db.prepare(sql).get(...values))

  function write(change: Change): WriteOutcome {
    if (change.expected !== undefined) {
      const isDelete = change.kind === 'delete'
      const keeps = isDelete && change.mode === 'keep'
      const next = { version: change.version, deletedAt: isDelete ? change.deletedAt : null, values: !keeps }
      const found = replace(change, next, change.expected, demandsLive(change))
      return found?.clerk_version === change.version
        ? takenOutcome(change, false, false)
        : heldOutcome(change, false, (found?.deleted_at ?? null) !== null)
    }
    const outcome = guarded(change)
    const there = read(change.entity, change.key)
    for (const next of overDiscovered(change, String(there?.clerk_version))) {
      const found = replace(change, next, String(there?.clerk_version), false)
      if (found?.clerk_version === next.version) return takenOutcome(change, false, found.deleted_at !== null)
    }
    return outcome
  }

  function replace(change: Change, next: Replacement, expected: string, live: boolean) {
    const table = tables[change.entity] ?? 'users'
    const written = Object.entries({
      ...(next.values && change.values),
      clerkVersion: next.version,
      deletedAt: next.deletedAt,
    }).filter(([, value]) => value !== undefined)
    run(
      `update ${table} set ${written.map(([name]) => `${snakeCase(name)} = ?`)} where ${snakeCase(TABLES[table].key)} = ?
       and clerk_version = ? and (deleted_at is null or not ?) and (? is null or deleted_at < ?)`,
      ...written.map(([, value]) => stored(value)),
      change.key,
      expected,
      Number(live),
      stored(next.deletedBefore ?? null),
      stored(next.deletedBefore ?? null),
    )
    return read(change.entity, change.key)
  }

  function guarded(change: Change): WriteOutcome {
    const table = tables[change.entity] ?? 'users'
    const key = snakeCase(TABLES[table].key)
    const row = get(`select clerk_version, deleted_at from ${table} where ${key} = ?`, change.key)
    const keeps = change.kind === 'delete' && change.mode === 'keep'
    const late = keeps
      ? Number(row?.deleted_at ?? -1) >= change.deletedAt.getTime()
      : String(row?.clerk_version ?? '') >= change.version
    if (row && late) {
      if (mistake === 'rewrites rows that are newer')
        run(`update ${table} set clerk_version = clerk_version where ${key} = ?`, change.key)
      const same = keeps ? row.deleted_at === change.deletedAt.getTime() : row.clerk_version === change.version
      return heldOutcome(change, same, row.deleted_at !== null)
    }
    const written = Object.entries({
      ...(row && keeps ? {} : change.values),
      ...(change.kind === 'delete' && { deletedAt: change.deletedAt }),
      ...(!keeps ? { clerkVersion: change.version } : row ? {} : { clerkVersion: NO_VERSION }),
    }).filter(([, value]) => value !== undefined)
    const columns = written.map(([name]) => snakeCase(name))
    const values = written.map(([, value]) => stored(value))
    const returned = row
      ? get(
          `update ${table} set ${columns.map((name) => `${name} = ?`)} where ${key} = ? returning clerk_version, deleted_at`,
          ...values,
          change.key,
        )
      : get(
          `insert into ${table} (${[key, ...columns]}) values (${['?', ...columns.map(() => '?')]})
           returning clerk_version, deleted_at`,
          change.key,
          ...values,
        )
    const kept =
      mistake === 'trusts what its writes return'
        ? returned
        : get(`select clerk_version, deleted_at from ${table} where ${key} = ?`, change.key)
    const holds = keeps
      ? Number(kept?.deleted_at) >= change.deletedAt.getTime()
      : kept?.clerk_version === change.version
    if (!holds && mistake !== 'trusts its writes')
      throw new ClerkSyncError('store_failed', `A trigger on ${table} dropped the write.`)
    return takenOutcome(change, !row, kept?.deleted_at !== null)
  }

  function transaction<T>(body: () => T): T {
    try {
      run('begin immediate')
      const result = body()
      run('commit')
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      throw named(error)
    }
  }

  const read = (entity: Entity, id: string) => {
    const table = tables[entity] ?? 'users'
    return get(`select * from ${table} where ${snakeCase(TABLES[table].key)} = ?`, id)
  }
  return {
    name: 'third-party:sqlite',
    tables: Object.fromEntries(Object.entries(tables).map(([entity, table]) => [entity, infoOf(table)])),
    ledger: SHAPES[shape].ledger,
    upsert: async (change) => transaction(() => write(change)) as UpsertOutcome,
    softDelete: async (change) => transaction(() => write(change)) as DeleteOutcome,
    once: (event, change, hook, options) =>
      withRetries(async () =>
        transaction(() => {
          if (get('select 1 from events where id = ?', event.id)) return 'duplicate'
          const { id, type, entityId, occurredAt } = event
          run('insert into events values (?, ?, ?, ?, ?)', id, type, entityId, occurredAt.getTime(), Date.now())
          if (mistake !== 'trusts its claims' && !get('select 1 from events where id = ?', id))
            throw new ClerkSyncError('store_failed', 'A trigger on events dropped the message.')
          const before = change && options?.before ? read(change.entity, change.key) : undefined
          const outcome = change ? write(change) : 'unchanged'
          const { tx, end } = handleOf(db)
          try {
            const result = hook(tx, outcome, before)
            if (result instanceof Promise) {
              result.catch(() => {})
              throw new ClerkSyncError('hook_failed', 'The hook returned a promise.')
            }
          } finally {
            end()
          }
          return outcome
        }),
      ),
    writeMany: (changes) => oneByOne(changes, async (change) => transaction(() => write(change))),
    async scan(entity, { keys, after = '', limit }) {
      const table = tables[entity] ?? 'users'
      const key = snakeCase(TABLES[table].key)
      const page =
        keys ??
        calls
          .runSync(() =>
            db.prepare(`select ${key} from ${table} where ${key} > ? order by ${key} limit ?`).all(after, limit),
          )
          .map((row) => String(row[key]))
      return page.flatMap((id) => {
        const found = foundOf(read(entity, id))
        return found ? [{ key: id, ...found }] : []
      })
    },
    find: async (entity, id) => foundOf(read(entity, id)),
    check: async () => [],
    prune: async (before) => Number(run('delete from events where processed_at < ?', before.getTime()).changes),
  }
}

function foundOf(row: Readonly<Record<string, unknown>> | undefined): Found | undefined {
  if (!row) return undefined
  const version = String(row.clerk_version)
  return { row, deleted: row.deleted_at !== null, synced: version !== NO_VERSION, version }
}

/** The database for a hook, until the hook is over. */
function handleOf(db: DatabaseSync): { readonly tx: Statements; readonly end: () => void } {
  let isOver = false
  const open = (): DatabaseSync => {
    if (isOver) throw new Error('The transaction has ended.')
    return db
  }
  const tx: Statements = { prepare: (sql) => open().prepare(sql), exec: (sql) => open().exec(sql) }
  const end = () => {
    isOver = true
  }
  return { tx, end }
}

/** node:sqlite puts SQLite's own number beside a code that says nothing. */
export function named(error: unknown): unknown {
  return Reflect.get(Object(error), 'errcode') === 2067
    ? Object.assign(new Error('UNIQUE', { cause: error }), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
    : error
}

function stored(value: unknown): Sql {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Sql)
}

function infoOf(name: SyncedTableName): TableInfo {
  return {
    name,
    columns: Object.fromEntries(
      Object.entries(fillableColumns(name)).map(([column, { notNull = false, default: initial }]) => [
        column,
        {
          nullable: !notNull,
          required: notNull && initial === undefined,
          ...(initial !== undefined && { emptyValue: initial }),
        },
      ]),
    ),
  }
}
