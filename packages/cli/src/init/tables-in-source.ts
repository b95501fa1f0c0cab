import { parse, rangeOf } from './source.ts'

type Ast = ReturnType<typeof parse>
type Statement = Extract<Ast, { type: 'Program' }>['body'][number]
type Declaration = Extract<Statement, { type: 'VariableDeclaration' }>['declarations'][number]
type Value = NonNullable<Declaration['init']>
type ObjectValue = Extract<Value, { type: 'ObjectExpression' }>

/** A table of Drizzle's, declared at the top of a module. */
export interface DeclaredTable {
  /** The name under which the module exports it. */
  readonly exportName: string
  /** What the database calls it. */
  readonly sqlName: string | undefined
  /** What makes it: `pgTable`, `app.table`. */
  readonly callee: string
  readonly text: string
  /** Undefined where not all of them can be read. */
  readonly columns: readonly Column[] | undefined
}

interface Column {
  readonly name: string
  /** The text of its value. */
  readonly text: string
}

/** @param spread - the columns of an object that another module exports */
export function drizzleTablesIn(
  path: string,
  text: string,
  spread: (name: string) => readonly Column[] | undefined,
): readonly DeclaredTable[] {
  const variables = variablesOf(path, text)
  const textOf = (node: Parameters<typeof rangeOf>[0]) => text.slice(rangeOf(node).start, rangeOf(node).end)
  const columnsOf = (object: ObjectValue): readonly Column[] | undefined => {
    const all = object.properties.map((property): readonly Column[] | undefined => {
      if (property.type === 'ObjectProperty') {
        const name = keyOf(property.key)
        return name === undefined || property.computed ? undefined : [{ name, text: textOf(property.value) }]
      }
      if (property.type !== 'SpreadElement') return undefined
      const { argument } = property
      if (argument.type === 'CallExpression') return textOf(argument.callee) === 'syncColumns' ? [] : undefined
      if (argument.type !== 'Identifier') return undefined
      const here = variables.find(({ name }) => name === argument.name)?.init
      return here?.type === 'ObjectExpression' ? columnsOf(here) : spread(argument.name)
    })
    return all.every((one) => one !== undefined) ? all.flat() : undefined
  }
  return variables.flatMap(({ init, exportName, end, start }): DeclaredTable[] => {
    if (init.type !== 'CallExpression' || exportName === undefined) return []
    const callee = textOf(init.callee)
    if (!/(^|\.)\w*[tT]able$/.test(callee)) return []
    const [name, columns] = init.arguments
    const object = columns && objectOf(columns)
    return [
      {
        exportName,
        sqlName: name?.type === 'StringLiteral' ? name.value : undefined,
        callee,
        text: text.slice(start, end),
        columns: object ? columnsOf(object) : undefined,
      },
    ]
  })
}

/** The columns of an object at the top of a module, which tables spread. */
export function columnsIn(path: string, text: string, name: string): readonly Column[] | undefined {
  const init = variablesOf(path, text).find((one) => one.name === name)?.init
  if (init?.type !== 'ObjectExpression') return undefined
  const columns = init.properties.map((property) => {
    const key = property.type === 'ObjectProperty' ? keyOf(property.key) : undefined
    if (property.type !== 'ObjectProperty' || key === undefined) return undefined
    const { start, end } = rangeOf(property.value)
    return { name: key, text: text.slice(start, end) }
  })
  return columns.every((one) => one !== undefined) ? columns : undefined
}

function variablesOf(path: string, text: string) {
  const ast = parse(path, text)
  const body = ast.type === 'Program' ? ast.body : []
  const specifiers = body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' ? statement.specifiers : [],
  )
  const exportedAs = (name: string) => {
    const named = specifiers.find((one) => one.type === 'ExportSpecifier' && one.local.name === name)
    if (named) return named.exported.type === 'Identifier' ? named.exported.name : undefined
    return new RegExp(`\\bmodule\\.exports\\s*=[^;]*\\b${name}\\b|\\bexports\\.${name}\\b`).test(text)
      ? name
      : undefined
  }
  return body.flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type !== 'VariableDeclaration') return []
    return declared.declarations.flatMap(({ id, init }) => {
      if (id.type !== 'Identifier' || !init) return []
      const exportName = statement.type === 'ExportNamedDeclaration' ? id.name : exportedAs(id.name)
      return [{ name: id.name, exportName, init: bare(init), ...rangeOf(statement) }]
    })
  })
}

/** Without what only its type is about: `{ … } as const`. */
const bare = (value: Value): Value =>
  value.type === 'TSAsExpression' || value.type === 'TSSatisfiesExpression' ? bare(value.expression) : value

const keyOf = (key: { readonly type: string; readonly name?: unknown; readonly value?: unknown }) => {
  const name = key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : undefined
  return typeof name === 'string' ? name : undefined
}

/** An object, or what a function gives: `(t) => ({ … })`. */
function objectOf(argument: Extract<Value, { type: 'CallExpression' }>['arguments'][number]): ObjectValue | undefined {
  if (argument.type === 'ObjectExpression') return argument
  if (argument.type !== 'ArrowFunctionExpression') return undefined
  const { body } = argument
  if (body.type !== 'BlockStatement') return objectOf(body)
  const returned = body.body.find((statement) => statement.type === 'ReturnStatement')
  return returned?.type === 'ReturnStatement' && returned.argument ? objectOf(returned.argument) : undefined
}
