/** What a type holds, alike for all databases. */
export interface ColumnType {
  readonly kind: Kind
  /** Of text: how many characters at most. */
  readonly length?: number
  /** Of whole numbers. */
  readonly bits?: number
  /** Of times: the digits of a second. */
  readonly digits?: number
  /** Of an enum that says so in its type, as MySQL's does. */
  readonly labels?: readonly string[]
}

export type Kind =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'json'
  | 'uuid'
  | 'bytes'
  | 'enum'
  | 'list'

const KINDS: readonly (readonly [RegExp, Kind, bits?: number])[] = [
  [/\[\]$/, 'list'],
  [/^(tinytext|text|mediumtext|longtext|citext|n?varchar|character varying|n?char|character|bpchar)\b/, 'text'],
  [/^tinyint\b/, 'integer', 8],
  [/^(smallint|smallserial|int2)\b/, 'integer', 16],
  [/^mediumint\b/, 'integer', 24],
  [/^(int|integer|int4|serial)\b/, 'integer', 32],
  [/^(bigint|int8|bigserial)\b/, 'integer', 64],
  [/^(numeric|decimal)\b/, 'decimal'],
  [/^(real|float|float4|float8|double)\b/, 'float'],
  [/^bool(ean)?\b/, 'boolean'],
  [/^(timestamp|timestamptz|datetime)\b/, 'timestamp'],
  [/^date\b/, 'date'],
  [/^time(tz)?\b/, 'time'],
  [/^jsonb?\b/, 'json'],
  [/^uuid\b/, 'uuid'],
  [/^(bytea|(tiny|medium|long)?blob|(var)?binary)\b/, 'bytes'],
  [/^enum\b/, 'enum'],
]

/** A type as it stands in a `create table`; undefined where it is not known, as the application's own are. */
export function columnType(text: string): ColumnType | undefined {
  const [, kind, bits] = KINDS.find(([pattern]) => pattern.test(text.toLowerCase())) ?? []
  if (!kind) return undefined
  const [, first] = /^[a-z ]+\((\d+)\)/i.exec(text) ?? []
  const unsigned = bits !== undefined && /\bunsigned\b/i.test(text) ? 1 : 0
  return {
    kind,
    ...(kind === 'text' && first !== undefined && { length: Number(first) }),
    ...(kind === 'timestamp' && first !== undefined && { digits: Number(first) }),
    ...(bits !== undefined && { bits: bits + unsigned }),
    ...(kind === 'enum' && { labels: labelsIn(text) }),
  }
}

function labelsIn(text: string): string[] {
  return Array.from(text.matchAll(/'((?:[^']|'')*)'/g), ([, label = '']) => label.replaceAll("''", "'"))
}

/** What SQLite makes of a value by the column's declared type: https://sqlite.org/datatype3.html#determination_of_column_affinity */
export function affinityOf(type: string): 'text' | 'number' | 'any' {
  if (/int/i.test(type)) return 'number'
  if (/char|clob|text/i.test(type)) return 'text'
  return type === '' || /blob|^any$/i.test(type) ? 'any' : 'number'
}
