import { type Choices, COLUMNS, type ColumnChoice, type DatabaseName, snakeCase, type Table } from '../choices.ts'
import { createCall, imports, type OrmWriter, type Place } from './orm-parts.ts'

interface Driver {
  readonly core: string
  readonly entry: string
  readonly table: string
  readonly text: { readonly type: string; readonly options: string }
  readonly imports: readonly string[]
  connect(url: string): string
  readonly packages: readonly string[]
  readonly types: readonly string[]
}

const DRIVERS: { readonly [D in DatabaseName]: Driver } = {
  postgres: {
    core: 'pg-core',
    entry: 'pg',
    table: 'pgTable',
    text: { type: 'text', options: '' },
    imports: ["import { drizzle } from 'drizzle-orm/node-postgres'", "import { Pool } from 'pg'"],
    connect: (url) => `const pool = new Pool({ connectionString: ${url}, connectionTimeoutMillis: 5_000 })
pool.on('error', (error) => console.error('an idle connection broke:', error.message))

export const db = drizzle(pool)`,
    packages: ['pg'],
    types: ['@types/pg'],
  },
  mysql: {
    core: 'mysql-core',
    entry: 'mysql',
    table: 'mysqlTable',
    text: { type: 'varchar', options: '{ length: 255 }' },
    imports: ["import { drizzle } from 'drizzle-orm/mysql2'", "import { createPool } from 'mysql2/promise'"],
    connect: (url) => `const pool = createPool({ uri: ${url} ?? '', connectTimeout: 5_000 })

export const db = drizzle({ client: pool })`,
    packages: ['mysql2'],
    types: [],
  },
  sqlite: {
    core: 'sqlite-core',
    entry: 'sqlite',
    table: 'sqliteTable',
    text: { type: 'text', options: '' },
    imports: ["import Database from 'better-sqlite3'", "import { drizzle } from 'drizzle-orm/better-sqlite3'"],
    connect: (url) => `const file = (${url} ?? 'local.db').replace(/^file:/, '')

export const db = drizzle(new Database(file))`,
    packages: ['better-sqlite3'],
    types: ['@types/better-sqlite3'],
  },
}

export const writeDrizzle: OrmWriter = (choices, place) => {
  const driver = DRIVERS[choices.database]
  return {
    files: { [`${place.folder}clerk-schema.ts`]: schema(choices, driver) },
    module: module(choices, driver, place),
    packages: ['@clerk-sync/adapter-drizzle', 'drizzle-orm', ...driver.packages],
    developmentPackages: ['drizzle-kit', ...driver.types],
    steps: [
      `Name ${place.folder}clerk-schema.ts in the schema of drizzle.config.ts, and create the tables: npx drizzle-kit generate && npx drizzle-kit migrate`,
    ],
  }
}

function schema({ tables }: Choices, { core, entry, table, text }: Driver): string {
  const column = ({ name, id, required }: ColumnChoice) => {
    const own = snakeCase(name) === name ? '' : `'${snakeCase(name)}'`
    const type = id ? 'clerkId' : text.type
    const given = [own, id ? '' : text.options].filter(Boolean).join(', ')
    return `  ${name}: ${type}(${given})${required ? '.notNull()' : ''},\n`
  }
  const one = (name: Table) =>
    `export const ${name} = ${table}('${snakeCase(name)}', {\n  id: clerkId().primaryKey(),\n${COLUMNS[name].map(column).join('')}  ...syncColumns(),\n})\n`
  return `import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/${entry}'
import { ${[table, text.type].sort().join(', ')} } from 'drizzle-orm/${core}'

// Add columns as you like: of these, the ones that events fill are those that have the name of a field of Clerk's.
${tables.map(one).join('\n')}`
}

function module({ tables }: Choices, driver: Driver, { env, envImports, options, extension }: Place): string {
  const lines = [
    "import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...driver.imports,
    `import { ${[...tables].sort().join(', ')} } from './clerk-schema${extension}'`,
  ]
  return `${imports(lines)}

${driver.connect(env('DATABASE_URL'))}

${createCall(`adapter: drizzleAdapter(db, { ${tables.join(', ')} })`, options)}`
}
