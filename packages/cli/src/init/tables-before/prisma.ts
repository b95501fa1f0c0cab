import { snakeCase } from '../../tables/table.ts'
import { modelBefore, schemaOf } from '../orms/prisma-schema.ts'
import type { FindTable, OwnColumn } from './table-before.ts'

const FIELDS = {
  clerkId: 'clerkId      String?   @unique',
  clerkVersion: 'clerkVersion String    @default("0")',
  deletedAt: 'deletedAt    DateTime?',
} as const

const KINDS: Readonly<Record<string, OwnColumn['kind']>> = {
  String: 'text',
  Boolean: 'boolean',
  DateTime: 'date',
  Json: 'json',
}

export const prismaModelBefore: FindTable = (project, table) => {
  const schema = schemaOf(project)
  const model = modelBefore(schema?.text ?? '', table)
  if (!schema || !model) return undefined
  const columns = columnsOf(model.body)
  const has = (field: string) => columns.some(({ name }) => name === field)
  const missing = Object.entries(FIELDS).flatMap(([field, line]) =>
    has(field) ? [] : [has(snakeCase(field)) ? mapped(field, line) : line],
  )
  // One that init wrote has the Clerk id for its key.
  const isOwn = !has('clerkVersion') || has('clerkId') || has('clerk_id')
  return { table, path: schema.path, isOwn, lacks: isOwn ? missing.join('\n') : '', columns, exportName: model.name }
}

/** A field that has the column's name is to be renamed: with both, the column is there twice. */
const mapped = (field: string, line: string) => `${line} @map("${snakeCase(field)}") // instead of ${snakeCase(field)}`

function columnsOf(body: string): OwnColumn[] {
  return [...body.matchAll(/^[ \t]*(\w+)[ \t]+(\w+)(\?|\[\])?(.*)$/gm)].flatMap(
    ([, name = '', type = '', end, rest = '']) => {
      const attributes = rest.replace(/\/\/.*$/, '')
      if (end === '[]' || attributes.includes('@relation')) return []
      return {
        name,
        kind: attributes.includes('@db.Uuid') ? 'other' : (KINDS[type] ?? 'other'),
        notNull: end !== '?',
        hasDefault: /@(default|updatedAt|id\b)/.test(attributes),
        unique: /@(unique|id)\b/.test(attributes),
      }
    },
  )
}
