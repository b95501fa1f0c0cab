// What the documents show of the applications' tables, and the same as files for the tests.
import { drizzleClerkTables, drizzleTables } from '../../packages/cli/src/tables/drizzle.ts'
import { kyselyClerkTables, kyselyTypes } from '../../packages/cli/src/tables/kysely.ts'
import { kyselyMigration } from '../../packages/cli/src/tables/kysely-migration.ts'
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

interface Shown {
  readonly title: string
  readonly language: string
  /** For the tests, from the adapter's fixtures. */
  readonly file: string
  readonly code: string
}

/** The regions of the documents, by document and by name. */
export function regions(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const tabs = applications.map((application) => [application.name, shownOf(application).map(tab).join('\n')])
  const { language, code } = shownInReadme()
  return { 'docs/tables.md': Object.fromEntries(tabs), 'README.md': { b2b: fence(language, code) } }
}

/** The files that the tests run, by their paths. */
export const fixtures = (): Readonly<Record<string, string>> =>
  Object.fromEntries([...applications.flatMap(shownOf), shownInReadme()].map(({ file, code }) => [file, code]))

const shownInReadme = (): Shown => ({
  title: 'Drizzle, PostgreSQL',
  language: 'ts',
  file: 'packages/adapter-drizzle/test/fixtures/tables/readme/postgres.ts',
  code: `// db/b2b.ts\n${drizzleText(readmeTables, 'postgres')}`,
})

function shownOf(application: Application): readonly Shown[] {
  const { name, tables } = application
  const at = (adapter: string, file: string) => `packages/adapter-${adapter}/test/fixtures/tables/${name}/${file}`
  return [
    ...databases.map(([database, title]) => ({
      title: `Drizzle, ${title}`,
      language: 'ts',
      file: at('drizzle', `${database}.ts`),
      code: `// ${name}/schema.ts
${drizzleText(tables, database)}
/** For drizzleAdapter(db, clerkTables). */
export const clerkTables = ${drizzleClerkTables(tables)}
`,
    })),
    {
      title: 'Prisma',
      language: 'prisma',
      file: at('prisma', 'schema.prisma'),
      code: `// ${name}/schema.prisma\n${prismaModels(withTypesOnMysql(tables), 'postgres')}`,
    },
    {
      title: 'Prisma, the adapter',
      language: 'ts',
      file: at('prisma', 'clerk-tables.ts'),
      code: `// ${name}/prisma-tables.ts
/** For prismaAdapter(prisma, clerkTables). */
${constant(prismaClerkTables(tables).map((one) => `${one},`))}`,
    },
    ...databases.map(([database, title]) => ({
      title: `Kysely, ${title}`,
      language: 'ts',
      file: at('kysely', `${database}.ts`),
      code: `// ${name}/database.ts\n${kyselyText(tables, database)}`,
    })),
    { title: 'Supabase', language: 'sql', file: at('supabase', 'tables.sql'), code: supabaseSql(application) },
    {
      title: 'Supabase, the adapter',
      language: 'ts',
      file: at('supabase', 'clerk-tables.ts'),
      code: `// ${name}/supabase-tables.ts
/** For supabaseAdapter(supabase, clerkTables). */
${constant(supabaseClerkTables(tables))}`,
    },
  ]
}

function drizzleText(tables: readonly Table[], database: DatabaseName): string {
  const { imports, body } = drizzleTables(tables, database)
  return `${imports}\n\n${body}`
}

function kyselyText(tables: readonly Table[], database: DatabaseName): string {
  const types = kyselyTypes(tables, database)
  const migration = kyselyMigration(tables, database)
  return `${importLines(types.imports, migration.imports)}

${types.body}
/** For kyselyAdapter(db, clerkTables). */
${constant(kyselyClerkTables(tables, database))}
/** The migration: export it from a file of its own. */
${migration.body}`
}

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

/** A reader opens the one of their ORM; on the site they are tabs. */
const tab = ({ title, language, code }: Shown) =>
  `<details>\n<summary>${title}</summary>\n\n${fence(language, code)}\n</details>\n`

const fence = (language: string, code: string) => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\`\n`

/** A document with its regions as they should be. */
export function withRegions(text: string, made: Readonly<Record<string, string>>): string {
  let left = text
  for (const [name, region] of Object.entries(made)) {
    const [begin, end] = [`<!-- made by npm run tables: ${name} -->\n`, '<!-- end of what is made -->']
    const from = left.indexOf(begin)
    const to = left.indexOf(end, from)
    if (from === -1 || to === -1) throw new Error(`It lacks the lines "${begin.trim()}" and "${end}" after it.`)
    left = `${left.slice(0, from + begin.length)}${region}${left.slice(to)}`
  }
  return left
}
