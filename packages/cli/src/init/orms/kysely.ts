import { kyselyClerkTables, kyselyMigration, kyselyTypes } from '../../tables/kysely.ts'
import { type Column, type DatabaseName, importLines, type Table } from '../../tables/table.ts'
import { chosenTables } from '../choices.ts'
import { columnsFilled, usersMap } from '../own-map.ts'
import type { Project } from '../project.ts'
import type { TableBefore } from '../tables-before/table-before.ts'
import { clientBefore } from './client-before.ts'
import { createCall, type Given, imports, isMoved, type OrmWriter, pathFrom } from './orm-parts.ts'
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

export const writeKysely: OrmWriter = (given) => {
  const { choices, place, project } = given
  const driver = DRIVERS[choices.database]
  const path = `${place.folder}clerk-database.ts`
  const types = isMoved(given, path, 'clerk-database') ? undefined : typesOf(given)
  const moved = isMoved(given, path, 'clerk-database') || project.has(MIGRATION) ? undefined : migrationBefore(project)
  return {
    files: { ...(types && { [path]: types }), ...(moved ? {} : { [MIGRATION]: migration(given) }) },
    module: module(given, driver),
    // A client is of the application's own interface, which lacks these tables.
    client: clientBefore(project, 'kysely', place) || configOf(project, 'kysely') ? 'second' : 'first',
    packages: ['@clerk-sync/adapter-kysely', 'kysely', ...driver.packages],
    developmentPackages: driver.types,
    steps: [`Run the migration ${moved ?? MIGRATION} with Kysely's Migrator, as your other migrations are run.`],
    elsewhere: [
      ...(types ? [] : [`${path} is not written: ${place.folder}clerk-sync.ts has its types from elsewhere.`]),
      ...(moved ? [`${MIGRATION} is not written: ${moved} makes the tables.`] : []),
    ],
  }
}

/** A migration of another name that makes our columns. */
const migrationBefore = (project: Project) =>
  project.sources().find(({ text }) => text.includes('@clerk-sync/adapter-kysely/migrations'))?.path

/** The tables to make; those of the application's own are altered. */
const tablesOf = ({ choices, before }: Given): readonly Table[] =>
  chosenTables(choices).map((table) =>
    before.some((one) => one.table === table.name && one.isOwn) ? { ...table, isThere: true } : table,
  )

function typesOf({ choices, place, before }: Given): string {
  const fresh = chosenTables(choices).filter(({ name }) => !before.some(({ table }) => table === name))
  const { imports, body } = kyselyTypes(fresh, choices.database, choices)
  const [own] = before
  if (!own)
    return `${importLines(imports)}\n\n/** Add your own tables, or add these to the interface that you have. */\n${body}`
  const line = `import type { ${own.interfaceName} as OwnDatabase } from '${pathFrom(place, own.path)}'`
  return `${[importLines(imports), line].filter(Boolean).join('\n')}\n\n${
    /\{\n\}/.test(body)
      ? 'export type Database = OwnDatabase\n'
      : body.replace('interface Database {', 'interface Database extends OwnDatabase {')
  }`
}

function migration(given: Given): string {
  const { database } = given.choices
  const { imports, body } = kyselyMigration(tablesOf(given), database, given.choices)
  return `${importLines(imports)}\n\n${body}`
}

function module({ choices, place, before }: Given, driver: Driver): string {
  const { env, envImports, options } = place
  const lines = [
    "import { kyselyAdapter } from '@clerk-sync/adapter-kysely'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...driver.imports,
    `import type { Database } from './clerk-database${place.extension}'`,
  ]
  const tables = chosenTables(choices).map((table): Table => {
    const own = before.find((one) => one.table === table.name && one.isOwn)
    return own ? { ...table, key: 'clerkId', columns: columnsOf(own) } : table
  })
  const given = kyselyClerkTables(tables, choices.database, choices).map(
    (line) => `    ${line.replaceAll('\n', '\n  ')}\n`,
  )
  return `${imports(lines)}

${driver.connect(env('DATABASE_URL'))}

${createCall(`adapter: kyselyAdapter(db, {\n${given.join('')}  })`, [...options, ...usersMap(before)])}`
}

const columnsOf = ({ columns }: TableBefore): readonly Column[] =>
  columnsFilled(columns).map((name) => ({ name, kind: 'text' }))
