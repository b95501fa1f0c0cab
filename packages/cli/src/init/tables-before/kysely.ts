import { snakeCase } from '../../tables/table.ts'
import type { FindTable, OwnColumn } from './table-before.ts'

/** The file of init's own: what stands there is not elsewhere. */
const OURS = /(^|\/)clerk-database\.\w+$/

/** An interface with the table among its properties; the type of one is named, or stands there. */
const databaseWith = (table: string) =>
  new RegExp(
    `(?:interface\\s+(\\w+)[^{}=]*|type\\s+(\\w+)\\s*=\\s*)\\{[^{}]*?^\\s*['"]?${table}['"]?\\s*:\\s*(\\{[^{}]*\\}|[^\\n{}]+\\{[^{}]*\\}|[^\\n;]+)`,
    'm',
  )

export const kyselyTableBefore: FindTable = (project, table) => {
  for (const { path, text } of project.sources()) {
    if (OURS.test(path) || !/\bkysely\b/i.test(text)) continue
    const [, name, alias, type = ''] = databaseWith(snakeCase(table)).exec(text) ?? []
    const interfaceName = name ?? alias
    if (interfaceName === undefined) continue
    const body = type.includes('{') ? type : `${type} ${bodyOf(project.sources(), type.trim().replace(/[;,]$/, ''))}`
    const has = (column: string) => new RegExp(`\\b${column}\\s*[?:]`).test(body)
    const isSynced = body.includes('SyncColumns') || has('clerk_version')
    const isOwn = !isSynced || has('clerk_id')
    const lacks = [...(has('clerk_id') ? [] : ['clerk_id: string | null']), ...(isSynced ? [] : ['SyncColumns'])]
    return { table, path, isOwn, lacks: isOwn ? lacks.join(' and ') : '', columns: columnsOf(body), interfaceName }
  }
  return undefined
}

function bodyOf(sources: readonly { readonly text: string }[], type: string): string {
  if (!/^\w+$/.test(type)) return ''
  const pattern = new RegExp(`(?:interface\\s+${type}\\b|type\\s+${type}\\s*=)([^{}]*\\{[^{}]*\\})`)
  return sources.map(({ text }) => pattern.exec(text)?.[1]).find((body) => body !== undefined) ?? ''
}

function columnsOf(body: string): OwnColumn[] {
  return [...body.matchAll(/(\w+)\s*:\s*([^\n;,]+)/g)].map(([, name = '', type = '']) => {
    const hasDefault = /^(Generated|GeneratedAlways|ColumnType)\b/.test(type)
    const plain = type
      .replace(/^Generated<(.*)>$/, '$1')
      .replace(/\|\s*null|null\s*\|/g, '')
      .trim()
    const kind = ({ string: 'text', boolean: 'boolean', Date: 'date', Timestamp: 'date' } as const)[plain] ?? 'other'
    return { name, kind, notNull: !/\bnull\b/.test(type), hasDefault, unique: undefined }
  })
}
