import { posix } from 'node:path'
import { snakeCase } from '../../tables/table.ts'
import { configOf } from '../orms/tool-config.ts'
import type { Project, SourceFile } from '../project.ts'
import { columnsIn, drizzleTablesIn } from '../tables-in-source.ts'
import type { FindTable, OwnColumn } from './table-before.ts'

/** The file of init's own: what stands there is not elsewhere. */
const OURS = /(^|\/)clerk-schema\.\w+$/

const KINDS: readonly (readonly [pattern: RegExp, kind: OwnColumn['kind']])[] = [
  [/^(text|varchar|char|citext)\(.*mode:\s*'json'/s, 'json'],
  [/^(text|varchar|char|citext)\(/, 'text'],
  [/^boolean\(|mode:\s*'boolean'/, 'boolean'],
  [/^(timestamp|datetime|date)\((?!.*mode:\s*'string')|mode:\s*'timestamp(_ms)?'/s, 'date'],
  [/^jsonb?\(/, 'json'],
]

export const drizzleTableBefore: FindTable = (project, table) => {
  const sqlName = snakeCase(table)
  const mayHave = new RegExp(`[tT]able\\s*\\(\\s*['"\`]${sqlName}['"\`]|\\b${table}\\s*=\\s*[\\w.]*[tT]able\\(`)
  const spread = (name: string) => {
    const declares = new RegExp(`\\bexport\\s+const\\s+${name}\\s*=`)
    const from = project.sources().find(({ text }) => declares.test(text))
    return from && columnsIn(from.path, from.text, name)
  }
  const all = schemaFirst(project)
    .filter(({ path, text }) => !OURS.test(path) && mayHave.test(text))
    .flatMap(({ path, text }) => drizzleTablesIn(path, text, spread).map((one) => ({ ...one, path })))
  const found =
    all.find((one) => one.exportName === table) ??
    all.find((one) => one.sqlName === sqlName && !IS_OF_AUTH.test(one.callee))
  if (!found) return undefined
  const { path, exportName, text } = found
  const isSynced = text.includes('syncColumns(')
  const columns = (found.columns ?? []).map((one) => columnOf(one.name, one.text))
  const has = (name: string) => columns.some((one) => one.name === name)
  const lacks = [
    ...(has('clerkId') ? [] : [has('clerk_id') ? RENAME : "clerkId: clerkId('clerk_id').unique()"]),
    ...(isSynced ? [] : ['...syncColumns()']),
  ]
  // One whose key is the Clerk id has nobody to link.
  const isOwn = !isSynced || has('clerkId') || has('clerk_id')
  const unread = found.columns === undefined
  return { table, path, isOwn, lacks: isOwn ? lacks.join(' and ') : '', columns, exportName, unread }
}

const RENAME = "the name clerkId for its property clerk_id (rename it: clerkId: clerkId('clerk_id').unique())"

/** Supabase's own table of users, in its schema: `authSchema.table('users')`. */
const IS_OF_AUTH = /auth\w*\.table$/i

/** The files that Drizzle's settings name come first: others may be old, or another database's. */
function schemaFirst(project: Project): readonly SourceFile[] {
  const config = configOf(project, 'drizzle')
  const value = /\bschema\s*:\s*(\[[^\]]*\]|['"`][^'"`]*['"`])/.exec(config?.text ?? '')?.[1] ?? ''
  const named = [...value.matchAll(/['"`]([^'"`]*)['"`]/g)].map(([, path = '']) =>
    posix.normalize(path).replace(/\*.*$/, ''),
  )
  const isNamed = ({ path }: SourceFile) => named.some((start) => path.startsWith(start))
  return project.sources().toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)))
}

/** The ledger, where it stands in a file of the application's own. */
export function drizzleLedgerBefore(project: Project) {
  for (const { path, text } of project.sources()) {
    const [, name] = OURS.test(path) ? [] : (/export\s+const\s+(\w+)\s*=\s*clerkEventsTable\(/.exec(text) ?? [])
    if (name !== undefined) return { path, name }
  }
  return undefined
}

function columnOf(name: string, value: string): OwnColumn {
  // As `(t) => ({ … })` writes it: t.text().
  const text = value.replace(/^\w+\.(?=\w+\()/, '')
  const isReference = text.includes('.references(')
  return {
    name,
    kind: isReference ? 'other' : (KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'),
    notNull: /\.(notNull|primaryKey)\(/.test(text),
    hasDefault: /\.(\$?default|\$?onUpdate|generated|primaryKey\()|^(small|big)?serial/.test(text),
    unique: /\.(unique|primaryKey)\(/.test(text),
  }
}
