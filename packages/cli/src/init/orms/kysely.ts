import { type Choices, COLUMNS, type DatabaseName, snakeCase, type Table } from '../choices.ts'
import { createCall, imports, type OrmWriter, type Place } from './orm-parts.ts'

interface Driver {
  readonly imports: readonly string[]
  connect(url: string): string
  readonly packages: readonly string[]
  readonly types: readonly string[]
  /** What a date is when it is read. */
  readonly date: string
  /** The type of a column of text. */
  readonly text: string
}

const DRIVERS: { readonly [D in DatabaseName]: Driver } = {
  postgres: {
    imports: ["import { Kysely, PostgresDialect } from 'kysely'", "import { Pool } from 'pg'"],
    connect: (url) => `const pool = new Pool({ connectionString: ${url}, connectionTimeoutMillis: 5_000 })
// A broken connection emits an error: on the pool while idle, on the client while in use. Unhandled, it ends the process.
pool.on('error', (error) => console.error('an idle connection broke:', error.message))
pool.on('connect', (client) => client.on('error', (error) => console.error('a connection broke:', error.message)))

export const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })`,
    packages: ['pg'],
    types: ['@types/pg'],
    date: '',
    text: 'text',
  },
  mysql: {
    imports: ["import { Kysely, MysqlDialect } from 'kysely'", "import { createPool } from 'mysql2'"],
    // Without the zone, an hour in autumn is written as another.
    connect: (url) => `const pool = createPool({ uri: ${url} ?? '', connectTimeout: 5_000, timezone: 'Z' })

export const db = new Kysely<Database>({ dialect: new MysqlDialect({ pool }) })`,
    packages: ['mysql2'],
    types: [],
    date: '',
    text: 'varchar(255)',
  },
  sqlite: {
    imports: ["import SqliteConnection from 'better-sqlite3'", "import { Kysely, SqliteDialect } from 'kysely'"],
    connect: (url) => `const file = (${url} ?? 'local.db').replace(/^file:/, '')

export const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: new SqliteConnection(file) }) })`,
    packages: ['better-sqlite3'],
    types: ['@types/better-sqlite3'],
    date: '<number>',
    text: 'text',
  },
}

const MIGRATION = 'migrations/0001_clerk_sync.ts'

export const writeKysely: OrmWriter = (choices, place) => {
  const driver = DRIVERS[choices.database]
  return {
    files: {
      [`${place.folder}clerk-database.ts`]: types(choices, driver),
      [MIGRATION]: migration(choices, driver),
    },
    module: module(choices, driver, place),
    packages: ['@clerk-sync/adapter-kysely', 'kysely', ...driver.packages],
    developmentPackages: driver.types,
    steps: [`Run the migration ${MIGRATION} with Kysely's Migrator, as your other migrations are run.`],
  }
}

function types({ tables }: Choices, { date }: Driver): string {
  const one = (table: Table) => {
    const columns = COLUMNS[table].map(
      ({ name, required }) => `    ${snakeCase(name)}: string${required ? '' : ' | null'}\n`,
    )
    return `  ${snakeCase(table)}: SyncColumns${date} & {\n    id: string\n${columns.join('')}  }\n`
  }
  return `import type { SyncColumns } from '@clerk-sync/adapter-kysely'

/** Add your own tables, or add these to the interface that you have. */
export interface Database {
${tables.map(one).join('')}}
`
}

function migration({ tables }: Choices, { text }: Driver): string {
  const one = (table: Table) => {
    const columns = COLUMNS[table].map(({ name, id, required }) => {
      const notNull = required ? ', (column) => column.notNull()' : ''
      return `    .addColumn('${snakeCase(name)}', ${id ? 'clerkId(db)' : `'${text}'`}${notNull})\n`
    })
    return `  await db.schema
    .createTable('${snakeCase(table)}')
    .addColumn('id', clerkId(db), (column) => column.primaryKey())
${columns.join('')}    .execute()
  await syncColumnsMigration('${snakeCase(table)}').up(db)
`
  }
  const drops = [...tables].reverse().map((table) => `  await db.schema.dropTable('${snakeCase(table)}').execute()\n`)
  return `import { clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
${tables.map(one).join('')}}

export async function down(db: Kysely<unknown>): Promise<void> {
${drops.join('')}}
`
}

function module({ tables }: Choices, driver: Driver, { env, envImports, options, extension }: Place): string {
  const lines = [
    "import { kyselyAdapter } from '@clerk-sync/adapter-kysely'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...driver.imports,
    `import type { Database } from './clerk-database${extension}'`,
  ]
  const given = tables.map((table) => {
    const columns = COLUMNS[table].map(({ name }) => `'${snakeCase(name)}'`).join(', ')
    return `    ${table}: { table: '${snakeCase(table)}', columns: [${columns}] },\n`
  })
  return `${imports(lines)}

${driver.connect(env('DATABASE_URL'))}

${createCall(`adapter: kyselyAdapter(db, {\n${given.join('')}  })`, options)}`
}
