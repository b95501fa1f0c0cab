import { modelName } from '../../tables/prisma.ts'
import { schemaOf } from '../orms/prisma-schema.ts'
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
  const body = new RegExp(`^\\s*model\\s+${modelName(table)}\\s*\\{(.*?)^\\s*\\}`, 'ms').exec(schema?.text ?? '')?.[1]
  if (!schema || body === undefined) return undefined
  const columns = columnsOf(body)
  const has = (field: string) => columns.some(({ name }) => name === field)
  const missing = Object.entries(FIELDS).flatMap(([field, line]) => (has(field) ? [] : [line]))
  // One that init wrote has the Clerk id for its key.
  const isOwn = !has('clerkVersion') || has('clerkId')
  return { table, path: schema.path, isOwn, lacks: isOwn ? missing.join('\n') : '', columns }
}

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
