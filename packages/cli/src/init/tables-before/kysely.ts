import { camelCase, snakeCase } from '../../tables/table.ts'
import type { SourceFile } from '../project.ts'
import { type DeclaredType, type Property, typesIn } from '../types-in-source.ts'
import type { FindTable, OwnColumn } from './table-before.ts'

/** The file of init's own: what stands there is not elsewhere. */
const OURS = /(^|\/)clerk-database\.\w+$/

export const kyselyTableBefore: FindTable = (project, table) => {
  const column = snakeCase(table)
  for (const { path, text } of project.sources()) {
    if (OURS.test(path) || !/\bkysely\b/i.test(text) || !new RegExp(`\\b${column}['"]?\\s*\\??:`).test(text)) continue
    const here = typesIn(path, text)
    for (const { name: interfaceName, isExported, properties } of here) {
      const found = isExported ? properties.find(({ name }) => name === column) : undefined
      const body = found && bodyOf(project.sources(), here, found)
      if (!body) continue
      const names = body.properties.map(({ name }) => name)
      const hasClerkId = names.some((name) => camelCase(name) === 'clerkId')
      const isSynced = body.text.includes('SyncColumns') || names.includes('clerk_version')
      const isOwn = !isSynced || hasClerkId
      const lacks = [...(hasClerkId ? [] : ['clerk_id: string | null']), ...(isSynced ? [] : ['SyncColumns'])]
      const missing = [...(hasClerkId ? [] : ['clerkId' as const]), ...(isSynced ? [] : ['syncColumns' as const])]
      const columns = columnsOf(body.properties)
      return { table, path, isOwn, lacks: isOwn ? lacks.join(' and ') : '', missing, columns, interfaceName }
    }
  }
  return undefined
}

/** What a property is: the type that stands there, or that of the name, in its own file or in another. */
function bodyOf(
  sources: readonly SourceFile[],
  here: readonly DeclaredType[],
  { type, properties }: Property,
): Pick<DeclaredType, 'text' | 'properties'> | undefined {
  const [name] = /\w+(?=[^\w.]*$)/.exec(type) ?? []
  if (properties.length > 0 || name === undefined) return { text: type, properties }
  const named = (types: readonly DeclaredType[]) => types.find((one) => one.name === name)
  const declaration = new RegExp(`\\b(interface|type)\\s+${name}\\b`)
  const elsewhere = () =>
    sources
      .filter(({ text }) => declaration.test(text))
      .flatMap(({ path, text }) => named(typesIn(path, text)) ?? [])
      .at(0)
  // A name of a package: that the table is there is known, and no more.
  return named(here) ?? elsewhere() ?? { text: type, properties: [] }
}

function columnsOf(properties: readonly Property[]): OwnColumn[] {
  return properties.map(({ name, type }) => {
    const hasDefault = /^(Generated|GeneratedAlways|ColumnType)\b/.test(type)
    const plain = type
      .replace(/^Generated<(.*)>$/, '$1')
      .replace(/\|\s*null|null\s*\|/g, '')
      .trim()
    const kind = ({ string: 'text', boolean: 'boolean', Date: 'date', Timestamp: 'date' } as const)[plain] ?? 'other'
    return { name, kind, notNull: !/\bnull\b/.test(type), hasDefault, unique: undefined }
  })
}
