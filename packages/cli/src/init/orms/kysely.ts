import { kyselyClerkTables, kyselyMigration, kyselyTypes } from '../../tables/kysely.ts'
import { type DatabaseName, importLines } from '../../tables/table.ts'
import { type Choices, chosenTables } from '../choices.ts'
import { clientBefore } from './client-before.ts'
import { createCall, imports, type OrmWriter, type Place } from './orm-parts.ts'
import { configOf } from './tool-config.ts'

interface Driver {
  readonly imports: readonly string[]
  connect(url: string): string
  readonly packages: readonly string[]
  readonly types: readonly string[]
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
  },
  mysql: {
    imports: ["import { Kysely, MysqlDialect } from 'kysely'", "import { createPool } from 'mysql2'"],
    // Without the zone, an hour in autumn is written as another.
    connect: (url) => `const pool = createPool({ uri: ${url} ?? '', connectTimeout: 5_000, timezone: 'Z' })

export const db = new Kysely<Database>({ dialect: new MysqlDialect({ pool }) })`,
    packages: ['mysql2'],
    types: [],
  },
  sqlite: {
    imports: ["import SqliteConnection from 'better-sqlite3'", "import { Kysely, SqliteDialect } from 'kysely'"],
    connect: (url) => `const file = (${url} || 'local.db').replace(/^file:/, '')

export const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: new SqliteConnection(file) }) })`,
    packages: ['better-sqlite3'],
    types: ['@types/better-sqlite3'],
  },
}

const MIGRATION = 'migrations/0001_clerk_sync.ts'

export const writeKysely: OrmWriter = (choices, place, project) => {
  const driver = DRIVERS[choices.database]
  return {
    files: {
      [`${place.folder}clerk-database.ts`]: types(choices),
      [MIGRATION]: migration(choices),
    },
    module: module(choices, driver, place),
    // A client is of the application's own interface, which lacks these tables.
    client: clientBefore(project, 'kysely', place) || configOf(project, 'kysely') ? 'second' : 'first',
    packages: ['@clerk-sync/adapter-kysely', 'kysely', ...driver.packages],
    developmentPackages: driver.types,
    steps: [`Run the migration ${MIGRATION} with Kysely's Migrator, as your other migrations are run.`],
  }
}

function types(choices: Choices): string {
  const { imports, body } = kyselyTypes(chosenTables(choices), choices.database, choices)
  return `${importLines(imports)}\n\n/** Add your own tables, or add these to the interface that you have. */\n${body}`
}

function migration(choices: Choices): string {
  const { imports, body } = kyselyMigration(chosenTables(choices), choices.database, choices)
  return `${importLines(imports)}\n\n${body}`
}

function module(choices: Choices, driver: Driver, { env, envImports, options, extension }: Place): string {
  const lines = [
    "import { kyselyAdapter } from '@clerk-sync/adapter-kysely'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...driver.imports,
    `import type { Database } from './clerk-database${extension}'`,
  ]
  const given = kyselyClerkTables(chosenTables(choices), choices.database, choices).map(
    (line) => `    ${line.replaceAll('\n', '\n  ')}\n`,
  )
  return `${imports(lines)}

${driver.connect(env('DATABASE_URL'))}

${createCall(`adapter: kyselyAdapter(db, {\n${given.join('')}  })`, options)}`
}
