import { modelName } from '../tables/prisma.ts'
import type { Choices, TableName } from './choices.ts'
import { PRISMA_SCHEMA } from './orms/prisma-config.ts'
import type { Project } from './project.ts'

/** A table of the application's own that a chosen one would have the name of. */
export interface TableBefore {
  readonly table: TableName
  readonly step: string
}

/** Where a Drizzle schema is, as a rule. */
const SCHEMAS = ['src/', ''].flatMap((folder) =>
  ['schema.ts', 'db/schema.ts', 'lib/schema.ts', 'lib/db/schema.ts', 'server/db/schema.ts'].map(
    (name) => folder + name,
  ),
)

/** The tables that were there before the sync, with what they need for it. */
export function tablesBefore(
  project: Project,
  { orm, tables }: Pick<Choices, 'orm' | 'tables'>,
): readonly TableBefore[] {
  if (orm === 'prisma') return tables.flatMap((table) => prismaModelBefore(project, table))
  return orm === 'drizzle' ? tables.flatMap((table) => drizzleTableBefore(project, table)) : []
}

const FIELDS = {
  clerkId: 'clerkId String? @unique',
  clerkVersion: 'clerkVersion String @default("0")',
  deletedAt: 'deletedAt DateTime?',
} as const

const MAP =
  "Its columns that have no name of a field of Clerk's need a map, and those that take no NULL a map of deletes as well."

function prismaModelBefore({ read }: Project, table: TableName): readonly TableBefore[] {
  const model = modelName(table)
  const fields = new RegExp(`^\\s*model\\s+${model}\\s*\\{([^}]*)`, 'm').exec(read(PRISMA_SCHEMA) ?? '')?.[1]
  const has = (field: string) => new RegExp(`^\\s*${field}\\b`, 'm').test(fields ?? '')
  // One that init wrote has the Clerk id for its key.
  if (fields === undefined || (has('clerkVersion') && !has('clerkId'))) return []
  const missing = Object.entries(FIELDS).flatMap(([field, line]) => (has(field) ? [] : [line]))
  const step = `The model ${model} is yours: add ${missing.join(', ')}. ${MAP}`
  return [{ table, step: missing.length > 0 ? step : '' }]
}

function drizzleTableBefore({ read }: Project, table: TableName): readonly TableBefore[] {
  const made = new RegExp(`export\\s+const\\s+${table}\\s*=\\s*\\w*[tT]able\\(`)
  const path = SCHEMAS.find((one) => made.test(read(one) ?? ''))
  if (path === undefined) return []
  const step =
    `${path} has a table ${table} of yours: give it clerkId: clerkId('clerk_id').unique() and ...syncColumns(), as ` +
    `clerk-schema.ts has them, pass it in the place of that one, and remove that one. ${MAP}`
  return [{ table, step: read(path)?.includes('syncColumns(') ? '' : step }]
}
