import { modelName } from '../tables/prisma.ts'
import type { Choices, TableName } from './choices.ts'
import { schemaOf } from './orms/prisma-schema.ts'
import { schemasBefore } from './orms/schemas-before.ts'
import type { Project } from './project.ts'
import { readSource } from './source.ts'

/** A table of the application's own that a chosen one would have the name of. */
export interface TableBefore {
  readonly table: TableName
  /** What it needs for the sync; nothing where it has that. */
  readonly step: string
}

/**
 * The tables that were there before the sync: what they need for it, or that they may have users to link.
 *
 * @param module - the text of the module that exports clerkSync, where it is there
 */
export function tablesBefore(
  project: Project,
  { orm, tables }: Pick<Choices, 'orm' | 'tables'>,
  module: string,
): readonly TableBefore[] {
  const before = { prisma: prismaModelBefore, drizzle: drizzleTableBefore, kysely: () => [] }[orm]
  const found = tables.flatMap((table) => before(project, table))
  // With the versions beside them, the tables need no columns.
  return /\bversions\s*:/.test(module) ? found.map(({ table }) => ({ table, step: '' })) : found
}

const FIELDS = {
  clerkId: 'clerkId String? @unique',
  clerkVersion: 'clerkVersion String @default("0")',
  deletedAt: 'deletedAt DateTime?',
} as const

const MAP =
  "Its columns that have no name of a field of Clerk's need a map, and those that take no NULL a map of deletes as well."

function prismaModelBefore(project: Project, table: TableName): readonly TableBefore[] {
  const model = modelName(table)
  const body = new RegExp(`^\\s*model\\s+${model}\\s*\\{(.*?)^\\s*\\}`, 'ms')
  const fields = body.exec(schemaOf(project)?.text ?? '')?.[1]
  const has = (field: string) => new RegExp(`^\\s*${field}\\b`, 'm').test(fields ?? '')
  // One that init wrote has the Clerk id for its key.
  if (fields === undefined || (has('clerkVersion') && !has('clerkId'))) return []
  const missing = Object.entries(FIELDS).flatMap(([field, line]) => (has(field) ? [] : [line]))
  const step = `The model ${model} is yours: add ${missing.join(', ')}. ${MAP}`
  return [{ table, step: missing.length > 0 ? step : '' }]
}

function drizzleTableBefore(project: Project, table: TableName): readonly TableBefore[] {
  const made = new RegExp(`export\\s+const\\s+${table}\\s*=\\s*\\w*[tT]able\\(`)
  const path = schemasBefore(project).find((one) => made.test(project.read(one) ?? ''))
  if (path === undefined) return []
  const text = project.read(path) ?? ''
  const end = readSource(text).calls.find(({ name }) => name === table)?.end
  const own = text.slice(made.exec(text)?.index, end)
  const step =
    `${path} has a table ${table} of yours: give it clerkId: clerkId('clerk_id').unique() and ...syncColumns(), as ` +
    `clerk-schema.ts has them, pass it in the place of that one, and remove that one. ${MAP}`
  if (!own.includes('syncColumns(')) return [{ table, step }]
  // One whose key is the Clerk id has nobody to link.
  return /\bclerkId\s*:/.test(own) ? [{ table, step: '' }] : []
}
