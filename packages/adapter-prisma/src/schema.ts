/** A model of a Prisma schema, as far as writing its rows needs it. */
export interface Model {
  readonly name: string
  /** In the database: `@@map`, or the model's own name. */
  readonly table: string
  /** `@@schema` */
  readonly schema: string | undefined
  /** The fields of each `@@id` and `@@unique`. */
  readonly keys: readonly (readonly string[])[]
  /** Its scalar and enum fields, by name. What Prisma's client does not know (`@ignore`, `Unsupported`) is not here. */
  readonly fields: ReadonlyMap<string, Field>
}

export interface Field {
  readonly name: string
  /** In the database: `@map`, or the field's own name. */
  readonly column: string
  /** A scalar type of Prisma's, or the name of an enum. */
  readonly type: string
  /** What the database calls the values of an enum, by the names that Prisma's users give them. */
  readonly enumValues: ReadonlyMap<string, string> | undefined
  readonly list: boolean
  readonly optional: boolean
  /** Whether it alone makes a row unique: `@id`, `@unique`, or an `@@id` or `@@unique` of this field alone. */
  readonly unique: boolean
  readonly updatedAt: boolean
  readonly default: Default | undefined
  /** `@db.VarChar(20)` as `VarChar(20)`, whatever the data source is called. */
  readonly nativeType: string | undefined
  /** The length of a text that `@db.VarChar` gives. */
  readonly length: number | undefined
}

/** `@default`: a constant, or a function such as `cuid()`. */
export type Default =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | readonly unknown[] }
  | { readonly kind: 'function'; readonly name: string; readonly argument: string | undefined }

const SCALARS = new Set(['String', 'Boolean', 'Int', 'BigInt', 'Float', 'Decimal', 'DateTime', 'Json', 'Bytes'])

/** A name with what stands in parentheses after it, such as `@default(cuid())`. */
interface Attribute {
  readonly name: string
  readonly args: readonly string[]
}

/** Reads the models out of a Prisma schema that Prisma has accepted. */
export function readSchema(text: string): ReadonlyMap<string, Model> {
  const blocks = blocksOf(text)
  const enums = new Map(
    blocks.filter(({ kind }) => kind === 'enum').map(({ name, lines }) => [name, readEnum(lines)] as const),
  )
  const models = blocks.filter(({ kind }) => kind === 'model')
  return new Map(models.map(({ name, lines }) => [name, readModel(name, lines, enums)]))
}

type Enums = ReadonlyMap<string, ReadonlyMap<string, string>>

interface Block {
  readonly kind: string
  readonly name: string
  readonly lines: readonly (readonly string[])[]
}

// A comment, a text, an attribute, a name or number, the end of a line, or a sign.
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|@@?[\w.]+|[\w.+-]+|\n|[^\s]/g

/** The blocks of a schema, each line as its tokens; what stands in parentheses or brackets is of one line. */
function blocksOf(text: string): Block[] {
  const blocks: { kind: string; name: string; lines: string[][] }[] = []
  let head: string[] = []
  let lines: string[][] | undefined
  let depth = 0
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith('//') || token.startsWith('/*')) continue
    if (lines === undefined) {
      if (token === '{') {
        lines = [[]]
        blocks.push({ kind: head.at(-2) ?? '', name: head.at(-1) ?? '', lines })
        head = []
      } else if (token !== '\n') head.push(token)
      continue
    }
    if ('([{'.includes(token)) depth++
    if (token === '}' && depth === 0) lines = undefined
    else if (token === '\n' && depth === 0) lines.push([])
    else if (token !== '\n') lines.at(-1)?.push(token)
    if (')]}'.includes(token) && depth > 0) depth--
  }
  return blocks.map((block) => ({ ...block, lines: block.lines.filter((line) => line.length > 0) }))
}

function readEnum(lines: Block['lines']): ReadonlyMap<string, string> {
  const values = lines.filter(([name]) => !name?.startsWith('@'))
  return new Map(values.map(([name = '', ...rest]) => [name, mapped(attributesOf(rest), '@map') ?? name]))
}

function readModel(name: string, lines: Block['lines'], enums: Enums): Model {
  const ownAttributes = lines.filter(([first]) => first?.startsWith('@@')).flatMap((line) => attributesOf(line))
  const keys = ownAttributes
    .filter(({ name, args }) => (name === '@@id' || name === '@@unique') && !args.includes('where'))
    .map(({ args }) => listed(args))
  const alone = new Set(keys.filter(({ length }) => length === 1).map(([field]) => field))
  const fields = lines
    .filter(([first]) => !first?.startsWith('@@'))
    .flatMap((line) => readField(line, alone, enums) ?? [])
  return {
    name,
    table: mapped(ownAttributes, '@@map') ?? name,
    schema: mapped(ownAttributes, '@@schema'),
    keys,
    fields: new Map(fields.map((field) => [field.name, field])),
  }
}

function readField(line: readonly string[], alone: ReadonlySet<string | undefined>, enums: Enums): Field | undefined {
  const [name = '', type = '', ...rest] = line
  const attributes = attributesOf(rest)
  const has = (attribute: string) => attributes.some(({ name }) => name === attribute)
  // Relations, and what the client does not know.
  if (!(SCALARS.has(type) || enums.has(type)) || has('@ignore')) return undefined
  const native = attributes.find(({ name }) => name.includes('.'))
  const nativeType = native?.name.slice(native.name.indexOf('.') + 1)
  const length = /^(Var)?Char$/i.test(nativeType ?? '') ? native?.args[0] : undefined
  return {
    name,
    column: mapped(attributes, '@map') ?? name,
    type,
    enumValues: enums.get(type),
    list: rest[0] === '[',
    optional: rest[0] === '?',
    unique: has('@id') || has('@unique') || alone.has(name),
    updatedAt: has('@updatedAt'),
    default: readDefault(attributes.find(({ name }) => name === '@default')?.args),
    nativeType: nativeType && nativeType + (native?.args.length ? `(${native.args.join('')})` : ''),
    length: length === undefined ? undefined : Number(length),
  }
}

/** `@map("name")`, `@default(now())` and so on, out of the tokens of a line. */
function attributesOf(tokens: readonly string[]): Attribute[] {
  const attributes: { name: string; args: string[] }[] = []
  let depth = 0
  for (const token of tokens) {
    if (depth === 0 && token.startsWith('@')) attributes.push({ name: token, args: [] })
    else if (attributes.length > 0) {
      if (token === ')') depth--
      if (depth > 0) attributes.at(-1)?.args.push(token)
      if (token === '(') depth++
    }
  }
  return attributes
}

/** The fields of `[tableName, id(sort: Desc)]`. */
function listed(args: readonly string[]): string[] {
  const fields: string[] = []
  let depth = 0
  for (const token of args.slice(args.indexOf('[') + 1, args.indexOf(']'))) {
    if (token === ')') depth--
    else if (token === '(') depth++
    else if (depth === 0 && token !== ',') fields.push(token)
  }
  return fields
}

/** The text that `@map` or its like is given, also as `name: "…"`. */
function mapped(attributes: readonly Attribute[], name: string): string | undefined {
  const text = attributes.find((attribute) => attribute.name === name)?.args.find((arg) => arg.startsWith('"'))
  return text === undefined ? undefined : String(JSON.parse(text))
}

function readDefault(args: readonly string[] = []): Default | undefined {
  // `@default(value: 7, map: "name")`
  const value = args[1] === ':' && args[0] === 'value' ? args.slice(2) : args
  const [first, second, third] = value
  if (first === undefined) return undefined
  if (second === '(') {
    return { kind: 'function', name: first, argument: third === ')' ? undefined : third }
  }
  if (first === '[') {
    const elements = value.slice(1, value.indexOf(']')).filter((token) => token !== ',')
    return { kind: 'constant', value: elements.map(constant) }
  }
  return { kind: 'constant', value: constant(first) }
}

/** A text, a number, a truth value, or the name of an enum's value. */
function constant(token: string): string | number | boolean {
  if (token.startsWith('"')) return String(JSON.parse(token))
  if (token === 'true' || token === 'false') return token === 'true'
  const number = Number(token)
  // A long number stays a text, digit by digit.
  return Number.isNaN(number) || String(number) !== token ? token : number
}
