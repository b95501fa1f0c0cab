import { drizzleClerkTables, drizzleTables } from '../../tables/drizzle.ts'
import type { DatabaseName, Table, TableOptions } from '../../tables/table.ts'
import { chosenTables, TABLES } from '../choices.ts'
import { usersMap } from '../own-map.ts'
import type { Project } from '../project.ts'
import { drizzleLedgerBefore, drizzleTableBefore } from '../tables-before/drizzle.ts'
import { workspacePackages } from '../workspace.ts'
import { type Client, clientBefore } from './client-before.ts'
import { DRIZZLE_CONFIG, drizzleConfig } from './drizzle-config.ts'
import { createCall, type Given, imports, isMoved, type OrmWriter, type Place, pathFrom } from './orm-parts.ts'
import { schemasBefore } from './schemas-before.ts'
import { configOf } from './tool-config.ts'

interface Driver {
  readonly imports: readonly string[]
  connect(url: string): string
  readonly packages: readonly string[]
  readonly types: readonly string[]
}

const DRIVERS: { readonly [D in DatabaseName]: Driver } = {
  postgres: {
    imports: ["import { drizzle } from 'drizzle-orm/node-postgres'", "import { Pool } from 'pg'"],
    connect: (url) => `const pool = new Pool({ connectionString: ${url}, connectionTimeoutMillis: 5_000 })
pool.on('error', (error) => console.error('an idle connection broke:', error.message))

export const db = drizzle(pool)`,
    packages: ['pg'],
    types: ['@types/pg'],
  },
  mysql: {
    imports: ["import { drizzle } from 'drizzle-orm/mysql2'", "import { createPool } from 'mysql2/promise'"],
    connect: (url) => `const pool = createPool({ uri: ${url} ?? '', connectTimeout: 5_000 })

export const db = drizzle({ client: pool })`,
    packages: ['mysql2'],
    types: [],
  },
  sqlite: {
    imports: ["import Database from 'better-sqlite3'", "import { drizzle } from 'drizzle-orm/better-sqlite3'"],
    connect: (url) => `const file = (${url} || 'local.db').replace(/^file:/, '')

export const db = drizzle(new Database(file))`,
    packages: ['better-sqlite3'],
    types: ['@types/better-sqlite3'],
  },
}

export const writeDrizzle: OrmWriter = (given) => {
  const { choices, place, project, before } = given
  const path = `${place.folder}clerk-schema.ts`
  const config = configOf(project, 'drizzle')
  const driver = DRIVERS[choices.database]
  const client = clientBefore(project, 'drizzle', place)
  const ledger = choices.ledger ? drizzleLedgerBefore(project) : undefined
  const fresh = {
    tables: chosenTables(choices).filter(({ name }) => !before.some(({ table }) => table === name)),
    ledger: choices.ledger && !ledger,
  }
  const isWritten = (fresh.tables.length > 0 || fresh.ledger) && !isMoved(given, path, 'clerk-schema')
  const places = [...new Set([...before.map((one) => one.path), ...(ledger ? [ledger.path] : [])])]
  return {
    files: {
      ...(isWritten ? { [path]: schema(fresh, choices.database) } : {}),
      ...(config
        ? {}
        : {
            [DRIZZLE_CONFIG]: drizzleConfig(
              choices.database,
              [...new Set([...schemasBefore(project), ...places, ...(isWritten ? [path] : [])])],
              place,
            ),
          }),
    },
    module: module(given, client ?? newClient(driver, place), ledger),
    client: client ? 'shared' : config ? 'second' : 'first',
    packages: ['@clerk-sync/adapter-drizzle', 'drizzle-orm', ...(client ? [] : driver.packages)],
    developmentPackages: ['drizzle-kit', ...(client ? [] : driver.types)],
    steps: [
      ...(isWritten ? tablesBeside(project, fresh.tables, path, `${place.folder}clerk-sync.ts`) : []),
      ...(isWritten && config && !config.text.includes('clerk-schema')
        ? [`Name ${path} in the schema of ${config.path}.`]
        : []),
      `Create the tables: ${project.exec} drizzle-kit generate && ${project.exec} drizzle-kit migrate`,
    ],
    elsewhere: isWritten
      ? []
      : [`${path} is not written: its tables are in ${places.join(' and ') || 'files of yours'}.`],
  }
}

/** Tables that a package of the workspace seems to have: where it exports them, only the application knows. */
const tablesBeside = (project: Project, tables: readonly Table[], ours: string, module: string) =>
  workspacePackages(project).flatMap((beside) =>
    tables.flatMap(({ name }) => {
      const found = TABLES.filter((table) => table === name).flatMap(
        (table) => drizzleTableBefore(beside.project, table) ?? [],
      )
      return found.map(
        ({ path, exportName }) =>
          `${beside.name} seems to have the table ${name}: ${exportName} in its ${path}. Import that in ${module}, and take ${name} out of ${ours}.`,
      )
    }),
  )

type Fresh = TableOptions & { readonly tables: readonly Table[] }

function schema(fresh: Fresh, database: DatabaseName): string {
  const { imports, body } = drizzleTables(fresh.tables, database, fresh)
  const hint =
    fresh.tables.length > 0
      ? "\n// Add columns as you like: of these, the ones that events fill are those that have the name of a field of Clerk's."
      : ''
  return `${imports}\n${hint}\n${body}`
}

const newClient = ({ imports, connect }: Driver, { env }: Place): Client => ({
  name: 'db',
  imports,
  text: `${connect(env('DATABASE_URL'))}\n\n`,
})

function module(
  { choices, place, before }: Given,
  client: Client,
  ledger: { readonly path: string; readonly name: string } | undefined,
): string {
  const { envImports, options } = place
  const ours = `${place.folder}clerk-schema.ts`
  const found = choices.tables.map((table) => ({
    table,
    path: before.find((one) => one.table === table)?.path ?? ours,
    name: before.find((one) => one.table === table)?.exportName ?? table,
  }))
  const names = new Map<string, string[]>()
  for (const { table, path, name } of found) {
    names.set(path, [...(names.get(path) ?? []), name === table ? table : `${name} as ${table}`])
  }
  if (choices.ledger) {
    const path = ledger?.path ?? ours
    names.set(path, [
      ...(names.get(path) ?? []),
      ledger && ledger.name !== 'events' ? `${ledger.name} as events` : 'events',
    ])
  }
  const lines = [
    "import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...client.imports,
    ...Array.from(names, ([path, of]) => `import { ${of.sort().join(', ')} } from '${pathFrom(place, path)}'`),
  ]
  const adapter = `adapter: drizzleAdapter(${client.name}, ${drizzleClerkTables(chosenTables(choices), choices)})`
  return `${imports(lines)}

${client.text}${createCall(adapter, [...options, ...usersMap(before)])}`
}
