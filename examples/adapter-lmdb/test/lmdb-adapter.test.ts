import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DatabaseCalls,
  fillableColumns,
  type KitColumn,
  SHAPES,
  type SyncedTableName,
  TABLES,
  type TableName,
  testAdapter,
} from '@clerk-sync/adapter-testkit'
import { type Entity, tableNameOf } from '@clerk-sync/core/adapter'
import { open, type RootDatabase } from 'lmdb'
import { afterAll, describe, it } from 'vitest'
import { lmdbAdapter } from '../src/lmdb-adapter.ts'
import { type Columns, Table } from '../src/table.ts'

const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-lmdb-'))
const raw = open({ path: join(folder, 'test.mdb'), maxDbs: 64, noSync: true })
afterAll(async () => {
  await raw.close()
  rmSync(folder, { recursive: true })
})

testAdapter({
  name: 'lmdb',
  runner: { describe, it },
  capabilities: { transactions: 'synchronous', parallel: false, datePrecisionMs: 1, isolationLevels: [] },
  adapter(shape, { calls }) {
    const tables = Object.entries(SHAPES[shape].tables) as [Entity, SyncedTableName][]
    const given = tables.map(([entity, name]) => [tableNameOf(entity), { name, columns: columnsOf(name) }])
    const adapter = lmdbAdapter<Partial<Record<Entity, object>>>(fallible(raw, calls), Object.fromEntries(given))
    // LMDB makes tables as they are asked for, so the ledger is always there; one shape of the kit has none.
    return { ...adapter, ledger: SHAPES[shape].ledger }
  },
  read(table, keys) {
    const { key, columns } = TABLES[table]
    return keys.flatMap((id) => {
      const row: Readonly<Record<string, unknown>> | undefined = raw.openDB({ name: table }).get(id)
      return row ? [{ ...asText(parsed(row), columns), [key]: id }] : []
    })
  },
  insert(name, row) {
    const { key } = TABLES[name]
    new Table(raw, name, columnsOf(name)).put(String(row[key]), { clerkVersion: '0', ...row })
  },
  effect: (tx, welcome) => tx.put('welcomes', welcome.eventId, welcome),
  failingStatement: (tx) => tx.put('welcomes', 'x'.repeat(4_000), {}),
  triggers: 'none',
})

/** JSON is kept as text. */
function parsed(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const of = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'json' in value ? JSON.parse(String(value.json)) : value
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, of(value)]))
}

/** The columns of a table of the kit, less those that the adapter knows itself. */
function columnsOf(table: TableName): Columns {
  return Object.fromEntries(
    Object.entries(fillableColumns(table)).map(([column, { notNull = false, unique = false, default: initial }]) => [
      column,
      { required: notNull, unique, ...(initial !== undefined && { default: initial }) },
    ]),
  )
}

/** JSON as text, as the kit wants it. */
function asText(row: Readonly<Record<string, unknown>>, columns: Readonly<Record<string, KitColumn>>) {
  const isJson = (column: string, value: unknown) => columns[column]?.kind === 'json' && value !== null
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, isJson(column, value) ? JSON.stringify(value) : value]),
  )
}

/** A store whose every call passes through the kit's hands. */
function fallible(store: RootDatabase, calls: DatabaseCalls): RootDatabase {
  const failing = ['get', 'putSync', 'removeSync', 'transactionSync']
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      if (name === 'openDB') return (options: { name: string }) => fallible(target.openDB(options) as never, calls)
      if (!failing.includes(String(name))) return member.bind(target)
      return (...args: unknown[]) => calls.runSync(() => member.apply(target, args))
    },
  })
}
