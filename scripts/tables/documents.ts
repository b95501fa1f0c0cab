// What the documents show of the applications' tables.
import { drizzleClerkTables, drizzleTables } from '../../packages/cli/src/tables/drizzle.ts'
import { kyselyClerkTables, kyselyMigration, kyselyTypes } from '../../packages/cli/src/tables/kysely.ts'
import { prismaClerkTables, prismaModels } from '../../packages/cli/src/tables/prisma.ts'
import { type DatabaseName, importLines, type Table } from '../../packages/cli/src/tables/table.ts'
import { type Application, applications, readmeTables } from './applications.ts'
import { supabaseClerkTables, supabaseSql } from './supabase.ts'

const DATABASES: { readonly [D in DatabaseName]: string } = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL, MariaDB',
  sqlite: 'SQLite',
}
const databases = Object.entries(DATABASES) as [DatabaseName, string][]

/** The regions of the documents, by document and by name. */
export function regions(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return {
    'docs/tables.md': Object.fromEntries(applications.map((application) => [application.name, tabs(application)])),
    'README.md': { b2b: fence('ts', `// db/b2b.ts\n${drizzleText(readmeTables, 'postgres')}`) },
  }
}

/** A reader opens the one of their ORM; on the site they are tabs. */
function tabs(application: Application): string {
  const { name, tables } = application
  const drizzle = databases.map(([database, title]) => {
    const given = `\n/** For drizzleAdapter(db, clerkTables). */\nexport const clerkTables = ${drizzleClerkTables(tables)}\n`
    return tab(`Drizzle, ${title}`, 'ts', `// ${name}/schema.ts\n${drizzleText(tables, database)}${given}`)
  })
  const prisma = prismaModels(withTypesOnMysql(tables), 'postgres')
  const kysely = databases.map(([database, title]) =>
    tab(`Kysely, ${title}`, 'ts', `// ${name}/database.ts\n${kyselyText(tables, database)}`),
  )
  return [
    ...drizzle,
    tab('Prisma', 'prisma', `// ${name}/schema.prisma\n${prisma}`),
    tab('Prisma, the adapter', 'ts', prismaAdapterText(name, tables)),
    ...kysely,
    tab('Supabase', 'sql', supabaseSql(application)),
    tab('Supabase, the adapter', 'ts', supabaseAdapterText(name, tables)),
  ].join('\n')
}

function drizzleText(tables: readonly Table[], database: DatabaseName): string {
  const { imports, body } = drizzleTables(tables, database)
  return `${imports}\n\n${body}`
}

function kyselyText(tables: readonly Table[], database: DatabaseName): string {
  const types = kyselyTypes(tables, database)
  const migration = kyselyMigration(tables, database)
  const given = constant(kyselyClerkTables(tables, database))
  return `${importLines(types.imports, migration.imports)}

${types.body}
/** For kyselyAdapter(db, clerkTables). */
${given}
/** The migration: export it from a file of its own. */
${migration.body}`
}

const prismaAdapterText = (name: string, tables: readonly Table[]) => `// ${name}/prisma-tables.ts
/** For prismaAdapter(prisma, clerkTables). */
${constant(prismaClerkTables(tables).map((one) => `${one},`))}`

const supabaseAdapterText = (name: string, tables: readonly Table[]) => `// ${name}/supabase-tables.ts
/** For supabaseAdapter(supabase, clerkTables). */
${constant(supabaseClerkTables(tables))}`

const constant = (lines: readonly string[]) =>
  `export const clerkTables = {\n${lines.map((line) => `  ${line}\n`).join('')}} as const\n`

/** One text for all databases, which says where MySQL's types are to be others. */
const withTypesOnMysql = (tables: readonly Table[]) =>
  tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      column.kind === 'longText' ? { ...column, comment: 'on MySQL and MariaDB: @db.Text' } : column,
    ),
  }))

function tab(title: string, language: string, code: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${fence(language, code)}\n</details>\n`
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\`\n`
}

/** A document with its regions as they should be. */
export function withRegions(text: string, regionsOfIt: Readonly<Record<string, string>>): string {
  let left = text
  for (const [name, made] of Object.entries(regionsOfIt)) {
    const [begin, end] = [`<!-- made by npm run tables: ${name} -->\n`, '<!-- end of what is made -->']
    const from = left.indexOf(begin)
    const to = left.indexOf(end, from)
    if (from === -1 || to === -1) throw new Error(`It lacks the lines "${begin.trim()}" and "${end}" after it.`)
    left = `${left.slice(0, from + begin.length)}\n${made}\n${left.slice(to)}`
  }
  return left
}
