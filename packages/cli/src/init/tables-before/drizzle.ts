import type { TableName } from '../choices.ts'
import type { Project } from '../project.ts'
import { readSource } from '../source.ts'
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
  const found = exportOf(project, `export\\s+const\\s+${table}\\s*=\\s*[\\w.]*[tT]able\\(`)
  if (!found) return undefined
  const { path, text, start } = found
  const call = readSource(path, text).calls.find(({ name }) => name === table)
  const own = text.slice(start, call?.end)
  const isSynced = own.includes('syncColumns(')
  const hasClerkId = /\bclerkId\s*:/.test(own)
  const lacks = [
    ...(hasClerkId ? [] : ["clerkId: clerkId('clerk_id').unique()"]),
    ...(isSynced ? [] : ['...syncColumns()']),
  ]
  const columns = (call?.properties ?? []).map(({ name, text }) => columnOf(name, text))
  // One whose key is the Clerk id has nobody to link.
  const isOwn = !isSynced || hasClerkId
  return { table, path, isOwn, lacks: isOwn ? lacks.join(' and ') : '', columns }
}

/** The ledger, where it stands in a file of the application's own. */
export const drizzleLedgerBefore = (project: Project) =>
  exportOf(project, 'export\\s+const\\s+(\\w+)\\s*=\\s*clerkEventsTable\\(')

function exportOf(project: Project, pattern: string) {
  for (const { path, text } of project.sources()) {
    const found = OURS.test(path) ? undefined : new RegExp(pattern).exec(text)
    if (found) return { path, text, start: found.index, name: found[1] ?? '' }
  }
  return undefined
}

function columnOf(name: TableName | string, text: string): OwnColumn {
  const isReference = text.includes('.references(')
  return {
    name,
    kind: isReference ? 'other' : (KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'),
    notNull: /\.(notNull|primaryKey)\(/.test(text),
    hasDefault: /\.(\$?default|\$?onUpdate|generated|primaryKey\()|^(small|big)?serial/.test(text),
    unique: /\.(unique|primaryKey)\(/.test(text),
  }
}
