import { type Entity, type Part, type Rows, type SyncAdapter, tableNameOf } from '@clerk-sync/core/adapter'
import {
  type MemoryColumn,
  MemoryDatabase,
  type MemoryTables,
  type MemoryTransaction,
  memoryAdapter,
  memorySchema,
} from '@clerk-sync/core/memory'
import {
  type Capabilities,
  fillableColumns,
  type Harness,
  type KitColumn,
  type KitShape,
  PART_SHAPES,
  type PartShape,
  type PartTableName,
  type Runner,
  SHAPES,
  type Shape,
  type SqlHarness,
  type SyncedTableName,
  TABLES,
  type TableName,
} from '../src/index.ts'
import { PARTS } from '../src/parts.ts'

type Adapter = SyncAdapter<Rows, MemoryTransaction>

/** What a broken adapter is made from. */
export interface Parts {
  readonly adapter: Adapter
  readonly database: MemoryDatabase
  readonly call: <T>(run: () => Promise<T>) => Promise<T>
  readonly autocommit: boolean
}

/** What becomes of a statement of SQL that a hook sends; the good adapter's transactions take none. */
export const statements = new WeakMap<object, (text: string) => void>()

interface MemoryHarnessOptions {
  readonly runner: Runner
  readonly capabilities?: Partial<Capabilities>
  readonly versions?: 'row' | 'beside'
  /** Puts another adapter in the place of the good one. */
  readonly replace?: (parts: Parts) => Adapter
}

/** The kit's tables in memory: a database for each shape, since there an entity's table has one name. */
export function memoryHarness(options: MemoryHarnessOptions): Harness<MemoryTransaction> {
  const { runner, capabilities, versions = 'row', replace } = options
  const memoryTables = (shape: Home) => memoryTablesOf(shape, versions)
  const databases = new Map<Home, MemoryDatabase>()
  const schemas = new Map<Home, ReturnType<typeof memorySchema>>()
  const schemaOf = (shape: Home) => {
    const schema = schemas.get(shape) ?? memorySchema(memoryTables(shape))
    schemas.set(shape, schema)
    return schema
  }
  const databaseOf = (shape: Home): MemoryDatabase => {
    const database = databases.get(shape) ?? new MemoryDatabase(schemaOf(shape))
    databases.set(shape, database)
    return database
  }
  const sql: SqlHarness<MemoryTransaction> = {
    async send(tx, text) {
      const run = statements.get(tx)
      if (!run) throw new Error('This transaction takes no SQL.')
      run(text)
    },
    withoutAutocommit({ calls }) {
      const database = databaseOf('plain')
      const call = <T>(run: () => Promise<T>): Promise<T> => calls.run(run)
      const adapter = memoryAdapter(memoryTables('plain'), { database, call })
      return replace ? replace({ adapter, database, call, autocommit: false }) : adapter
    },
  }
  return {
    name: versions === 'beside' ? 'memory, versions beside' : 'memory',
    runner,
    capabilities: {
      transactions: 'interactive',
      parallel: false,
      datePrecisionMs: 1,
      isolationLevels: [],
      tombstones: true,
      ...capabilities,
    },
    adapter(shape, { calls }) {
      const database = databaseOf(shape)
      const call = <T>(run: () => Promise<T>): Promise<T> => calls.run(run)
      const adapter = memoryAdapter(memoryTables(shape), {
        database,
        ledger: SHAPES[shape].ledger,
        batching: true,
        call,
      })
      return replace ? replace({ adapter, database, call, autocommit: true }) : adapter
    },
    read(table, keys) {
      const { key } = TABLES[table]
      const wanted = new Set<unknown>(keys)
      // In memory the Clerk id is always called `id`, and that of a part `clerkId`.
      const keyInMemory = key === 'clerkId' ? 'id' : key
      return homesOf(table).flatMap(([shape, home]) =>
        databaseOf(shape)
          .rows(home, (row) => wanted.has(row[keyInMemory]))
          .map((row) =>
            asRaw(table, { ...row, ...(isOfParts(table) && { id: row.clerkId }), [key]: row[keyInMemory] }),
          ),
      )
    },
    async insert(table, { [TABLES[table].key]: id, ...row }) {
      const [[shape, home]] = homesOf(table) as [[Home, string]]
      const ofPart = { id: `${id} ${row.id}`, userId: id, clerkId: row.id }
      const key = id === undefined ? {} : isOfParts(table) ? ofPart : { id: String(id) }
      await databaseOf(shape).transaction((tx) => tx.insert(home, { ...row, ...key }))
    },
    linking: {
      read: (taglines) =>
        databaseOf('ownKey')
          .rows('users', ({ tagline }) => taglines.includes(String(tagline)))
          // A row has one id in memory: Clerk's, or one that is made up.
          .map(({ id, ...row }) =>
            asRaw('ownKeyUsers', { ...row, clerkId: String(id).startsWith('user_') ? id : null }),
          ),
    },
    effect: async (tx, welcome) => tx.insert('welcomes', { ...welcome }),
    failingStatement: async (tx) => tx.insert('users', { id: 'user_refused', noSuchColumn: 1 }),
    triggers: 'none',
    parts: {
      adapter(shape, { calls }) {
        const database = databaseOf(shape)
        const call = <T>(run: () => Promise<T>): Promise<T> => calls.run(run)
        const adapter = memoryAdapter(memoryTables(shape), { database, batching: true, call })
        return replace ? replace({ adapter, database, call, autocommit: true }) : adapter
      },
      async purge(table, owner) {
        for (const [shape, home] of homesOf(table)) {
          await databaseOf(shape).transaction((tx) => {
            for (const row of tx.rows(home)) if (row.userId === owner) tx.delete(home, String(row.id))
          })
        }
      },
    },
    ...(versions === 'beside' && {
      versions: {
        read: (keys) =>
          [...Object.keys(SHAPES), ...Object.keys(PART_SHAPES)].flatMap((name) => {
            const tables: KitShape['tables'] = name in PART_SHAPES ? { user: 'users' } : SHAPES[name as Shape].tables
            const kitName = new Map(
              Object.entries(tables).map(([entity, table]) => [tableNameOf(entity as Entity), table]),
            )
            return databaseOf(name as Home)
              .rows('versions', ({ entityId }) => keys.includes(String(entityId)))
              .map(({ tableName, entityId, version, deletedAt }) => ({
                tableName: kitName.get(String(tableName) as ReturnType<typeof tableNameOf>),
                id: entityId,
                version,
                deletedAt,
              }))
          }),
        async purge(table, key) {
          for (const [shape, home] of homesOf(table)) await databaseOf(shape).transaction((tx) => tx.delete(home, key))
        },
        foreignKeys: {
          async add(table, keys) {
            const [home] = homesOf(table)
            if (!home) throw new Error(`${table} is in no shape.`)
            const [shape, name] = home
            const schema = schemaOf(shape)
            const before = schema[name] ?? {}
            const added = keys.map(({ column, target, onDelete }): [string, MemoryColumn] => {
              const [, inMemory = target] = homesOf(target).find(([other]) => other === shape) ?? []
              return [column, { ...before[column], references: { table: inMemory, onDelete } }]
            })
            schema[name] = { ...before, ...Object.fromEntries(added) }
            return () => {
              schema[name] = before
            }
          },
          letGo: (table, column, key) =>
            databaseOf('plain').transaction((tx) => {
              for (const [shape, home] of homesOf(table))
                if (shape === 'plain') tx.update(home, key, { [column]: null })
            }),
        },
      },
    }),
    // Hooks without a transaction, or whose transaction answers at once, have no SQL here.
    ...((capabilities?.transactions ?? 'interactive') === 'interactive' && { sql }),
    deadLetters: {
      adapter({ calls }) {
        const database = databaseOf('plain')
        const call = <T>(run: () => Promise<T>): Promise<T> => calls.run(run)
        const adapter = memoryAdapter(memoryTables('plain'), { database, deadLetters: true, call })
        return replace ? replace({ adapter, database, call, autocommit: true }) : adapter
      },
      read: (ids) =>
        databaseOf('plain')
          .rows('deadLetters', ({ id }) => ids.includes(String(id)))
          .map(({ id }) => id),
    },
  }
}

/** The database of a shape. */
type Home = Shape | PartShape

function isOfParts(table: TableName): table is PartTableName {
  return 'part' in TABLES[table]
}

/** In which database a table is, and what it is called there. */
function homesOf(table: TableName): [Home, string][] {
  const ofParts = Object.entries(PART_SHAPES).flatMap(([shape, tables]): [Home, string][] => {
    if (table === 'events' || table === 'welcomes' || table === 'users') return [[shape as PartShape, table]]
    return Object.entries(tables).flatMap(([part, name]): [Home, string][] =>
      name === table ? [[shape as PartShape, PARTS[part as Part].table]] : [],
    )
  })
  const ofEntities = (Object.entries(SHAPES) as [Shape, KitShape][]).flatMap(
    ([shape, { tables }]): [Home, string][] => {
      if (table === 'events' || table === 'welcomes') return [[shape, table]]
      return Object.entries(tables).flatMap(([entity, name]): [Home, string][] =>
        name === table ? [[shape, tableNameOf(entity as Entity)]] : [],
      )
    },
  )
  return [...ofEntities, ...ofParts]
}

function asRaw(table: TableName, row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const columns: Readonly<Record<string, KitColumn>> = TABLES[table].columns
  const entries = Object.entries(row).map(([name, value]) => {
    return [name, columns[name]?.kind === 'json' && value !== null ? JSON.stringify(value) : value]
  })
  return Object.fromEntries(entries)
}

function memoryTablesOf(shape: Home, versions: 'row' | 'beside'): MemoryTables {
  if (shape in PART_SHAPES) {
    const parts = Object.entries(PART_SHAPES[shape as PartShape]) as [Part, PartTableName][]
    const tables = parts.map(([part, table]) => [PARTS[part].table, { columns: memoryColumns(table) }])
    return { users: { columns: memoryColumns('users'), versions }, ...Object.fromEntries(tables) }
  }
  const tables = Object.entries(SHAPES[shape as Shape].tables) as [Entity, SyncedTableName][]
  return Object.fromEntries(
    tables.map(([entity, table]) => [tableNameOf(entity), { columns: memoryColumns(table), versions }]),
  )
}

function memoryColumns(table: SyncedTableName | PartTableName): Readonly<Record<string, MemoryColumn>> {
  return Object.fromEntries(
    Object.entries(fillableColumns(table)).map(([name, { notNull = false, unique = false, default: value }]) => [
      name,
      { required: notNull, unique, ...(value !== undefined && { default: value }) },
    ]),
  )
}
