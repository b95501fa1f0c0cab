import { drizzleClerkTables, drizzleTables } from '../../tables/drizzle.ts'
import type { DatabaseName } from '../../tables/table.ts'
import { type Choices, chosenTables } from '../choices.ts'
import { type Client, clientBefore } from './client-before.ts'
import { DRIZZLE_CONFIG, drizzleConfig } from './drizzle-config.ts'
import { createCall, imports, type OrmWriter, type Place } from './orm-parts.ts'
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

export const writeDrizzle: OrmWriter = (choices, place, project) => {
  const path = `${place.folder}clerk-schema.ts`
  const config = configOf(project, 'drizzle')
  const driver = DRIVERS[choices.database]
  const client = clientBefore(project, 'drizzle', place)
  return {
    files: {
      [path]: schema(choices),
      ...(config
        ? {}
        : { [DRIZZLE_CONFIG]: drizzleConfig(choices.database, [...schemasBefore(project), path], place) }),
    },
    module: module(choices, client ?? newClient(driver, place), place),
    client: client ? 'shared' : config ? 'second' : 'first',
    packages: ['@clerk-sync/adapter-drizzle', 'drizzle-orm', ...(client ? [] : driver.packages)],
    developmentPackages: ['drizzle-kit', ...(client ? [] : driver.types)],
    steps: [
      ...(config && !config.text.includes('clerk-schema') ? [`Name ${path} in the schema of ${config.path}.`] : []),
      'Create the tables: npx drizzle-kit generate && npx drizzle-kit migrate',
    ],
  }
}

function schema(choices: Choices): string {
  const { imports, body } = drizzleTables(chosenTables(choices), choices.database, choices)
  return `${imports}

// Add columns as you like: of these, the ones that events fill are those that have the name of a field of Clerk's.
${body}`
}

const newClient = ({ imports, connect }: Driver, { env }: Place): Client => ({
  name: 'db',
  imports,
  text: `${connect(env('DATABASE_URL'))}\n\n`,
})

function module(choices: Choices, client: Client, { envImports, options, extension }: Place): string {
  const lines = [
    "import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...client.imports,
    `import { ${[...choices.tables, ...(choices.ledger ? ['events'] : [])].sort().join(', ')} } from './clerk-schema${extension}'`,
  ]
  return `${imports(lines)}

${client.text}${createCall(`adapter: drizzleAdapter(${client.name}, ${drizzleClerkTables(chosenTables(choices), choices)})`, options)}`
}
