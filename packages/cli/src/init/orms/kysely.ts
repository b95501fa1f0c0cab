import { kyselyClerkTables, kyselyTypes } from '../../tables/kysely.ts'
import { kyselyMigration } from '../../tables/kysely-migration.ts'
import { type Column, type DatabaseName, importLines, type Lacking, snakeCase, type Table } from '../../tables/table.ts'
import { chosenTables } from '../choices.ts'
import { columnsFilled, usersMap } from '../own-map.ts'
import type { TableBefore } from '../tables-before/table-before.ts'
import { clientBefore } from './client-before.ts'
import { FIRST_MIGRATION, lastMigration, migrationOfOurs, newMigration, OUR_NAME } from './kysely-migrations.ts'
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

export const writeKysely: OrmWriter = (given) => {
  const { choices, place, project } = given
  const driver = DRIVERS[choices.database]
  const path = `${place.folder}clerk-database.ts`
  const types = isMoved(given, path, 'clerk-database') ? undefined : typesOf(given)
  const found = migrationOfOurs(project)
  const isMigrationMoved =
    found !== undefined && !found.path.endsWith(OUR_NAME) && !isMoved(given, path, 'clerk-database')
  const migrationPath = found && !isMigrationMoved ? found.path : newMigration(project)
  const tables = tablesToMake(given, found?.text ?? '')
  const isNeeded = choices.ledger || tables.some(({ lacks }) => lacks?.length !== 0)
  const alters = tables.filter(({ lacks }) => lacks && lacks.length > 0).map(({ name }) => snakeCase(name))
  return {
    files: {
      ...(types && { [path]: types }),
      ...(isNeeded && !isMigrationMoved && { [migrationPath]: migration(tables, given) }),
    },
    module: module(given, driver),
    // A client is of the application's own interface, which lacks these tables.
    client: clientBefore(project, 'kysely', place) || configOf(project, 'kysely') ? 'second' : 'first',
    packages: ['@clerk-sync/adapter-kysely', 'kysely', ...driver.packages],
    developmentPackages: driver.types,
    steps: isNeeded
      ? [
          `Run the migration ${isMigrationMoved ? found.path : migrationPath} with Kysely's Migrator, as your other migrations are run.${
            alters.length > 0 && !lastMigration(project)
              ? ` It alters ${alters.join(' and ')}: its name must come after that of the migration that makes the table, and of all that have run.`
              : ''
          }`,
        ]
      : [],
    elsewhere: [
      ...(types ? [] : [`${path} is not written: ${place.folder}clerk-sync.ts has its types from elsewhere.`]),
      ...(isMigrationMoved ? [`${FIRST_MIGRATION} is not written: ${found.path} makes the tables.`] : []),
    ],
  }
}

/**
 * The tables to make; those of the application's own get what they lack.
 *
 * @param written - the migration that is there: what it adds, the application may have written into its types since
 */
const tablesToMake = ({ choices, before }: Given, written: string): readonly Table[] =>
  chosenTables(choices).map((table) => {
    const own = before.find((one) => one.table === table.name && one.isOwn)
    if (!own) return table
    const name = snakeCase(table.name)
    const adds = (what: Lacking, statement: string) => own.missing?.includes(what) || written.includes(statement)
    return {
      ...table,
      lacks: [
        ...(adds('clerkId', `alterTable('${name}').addColumn('clerk_id'`) ? ['clerkId' as const] : []),
        ...(adds('syncColumns', `syncColumnsMigration('${name}').up`) ? ['syncColumns' as const] : []),
      ],
    }
  })

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

function migration(tables: readonly Table[], { choices }: Given): string {
  const { imports, body } = kyselyMigration(tables, choices.database, choices)
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
    if (!own) return table
    const key = own.columns.find(({ name }) => name === 'clerkId')?.name ?? 'clerk_id'
    return { ...table, key, columns: columnsOf(own), lacks: own.missing ?? [] }
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
