/** What `prisma migrate` makes of models on PostgreSQL, as far as docs/tables.md goes; its engine is a download. */
export function statementsOf(schema: string): readonly string[] {
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name
    const lines = body.split('\n').map((line) => line.replace(/ \/\/.*/, '').trim())
    return { table, lines: lines.filter(Boolean) }
  })
  const tables = models.map(({ table, lines }) => {
    const key = lines.flatMap((line) => columnsOf(line, '@@id').map((columns) => `primary key (${columns})`))
    return `create table "${table}" (${[...lines.flatMap(columnOf), ...key].join(', ')})`
  })
  const others = models.flatMap(({ table, lines }) =>
    lines.flatMap((line) => [
      ...columnsOf(line, '@@unique').map((columns) => `create unique index on "${table}" (${columns})`),
      ...columnsOf(line, '@@index').map((columns) => `create index on "${table}" (${columns})`),
      ...foreignKeyOf(table, line),
    ]),
  )
  return [...tables, ...others]
}

const TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  Json: 'jsonb',
  DateTime: 'timestamp(3)',
}

function columnOf(line: string): string[] {
  const [, name, type = '', optional, rest = ''] = /^(\w+) +(\w+)(\?)? *(.*)$/.exec(line) ?? []
  const known = TYPES[type]
  if (!name || !known) return []
  const initial = /@default\("(.*)"\)/.exec(rest)?.[1]
  const parts = [
    `"${/@map\("(\w+)"\)/.exec(rest)?.[1] ?? name}"`,
    rest.includes('autoincrement()') ? 'serial' : known,
    rest.startsWith('@id') && 'primary key',
    !optional && 'not null',
    initial !== undefined && `default '${initial}'`,
  ]
  return [parts.filter(Boolean).join(' ')]
}

function columnsOf(line: string, attribute: '@@id' | '@@unique' | '@@index'): string[] {
  const fields = new RegExp(`^${attribute}\\(\\[(.*)\\]\\)`).exec(line)?.[1]
  return fields === undefined ? [] : [fields.replace(/\w+/g, (field) => `"${FIELDS[field] ?? field}"`)]
}

/** Those of ClerkVersion, the one model with `@map` in its key. */
const FIELDS: Readonly<Record<string, string>> = { tableName: 'table_name' }

function foreignKeyOf(table: string, line: string): string[] {
  const [, model, field] =
    /^\w+ +(\w+)\?? +@relation\(fields: \[(\w+)\], references: \[id\], onDelete: Cascade\)/.exec(line) ?? []
  if (!model || !field) return []
  const reference = `foreign key ("${field}") references "${model}" (id) on delete cascade on update cascade`
  return [`alter table "${table}" add ${reference}`]
}
