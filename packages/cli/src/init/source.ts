import { UsageError } from '@clerk-sync/project'
import { parseModule } from 'magicast'

/** A variable of a module, declared with what a call gives: `const app = express()`. */
export interface CallDeclaration {
  readonly name: string
  /** What is called. */
  readonly callee: string
  /** Where the statement ends, in the text. */
  readonly end: number
  /** The properties of the first argument that is an object, each with the text of its value. */
  readonly properties?: readonly { readonly name: string; readonly text: string }[]
  /** The elements of the first argument, where it is a list. */
  readonly list?: {
    readonly end: number
    readonly elements: readonly { readonly start: number; readonly end: number }[]
  }
}

export interface Source {
  readonly calls: readonly CallDeclaration[]
  /** Where the imports end; 0 where there are none. */
  readonly importsEnd: number
}

/** The places in a module at which something can be added, with all else as it was formatted. */
export function readSource(path: string, text: string): Source {
  const $ast = parse(path, text)
  if ($ast.type !== 'Program') return { calls: [], importsEnd: 0 }
  const lastImport = $ast.body.findLast(({ type }) => type === 'ImportDeclaration')
  const calls = $ast.body.flatMap((statement): CallDeclaration[] => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type !== 'VariableDeclaration') return []
    return declared.declarations.flatMap(({ id, init }): CallDeclaration[] => {
      if (id.type !== 'Identifier' || (init?.type !== 'CallExpression' && init?.type !== 'NewExpression')) return []
      if (init.callee.type !== 'Identifier') return []
      const [first] = init.arguments
      const object = init.arguments.find(({ type }) => type === 'ObjectExpression')
      const properties = object?.type === 'ObjectExpression' ? object.properties : []
      const call = {
        name: id.name,
        callee: init.callee.name,
        end: statement.end ?? 0,
        properties: properties.flatMap((property) => {
          if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') return []
          const { start, end } = rangeOf(property.value)
          return [{ name: property.key.name, text: text.slice(start, end) }]
        }),
      }
      if (first?.type !== 'ArrayExpression') return [call]
      const elements = first.elements.flatMap((element) => (element ? [rangeOf(element)] : []))
      return [{ ...call, list: { end: rangeOf(first).end, elements } }]
    })
  })
  return { calls, importsEnd: lastImport?.end ?? 0 }
}

/** What cannot be parsed is the application's to mend: it is told where. */
export function parse(path: string, text: string) {
  try {
    return parseModule(text).$ast
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

export function rangeOf({ start, end }: { readonly start?: number | null; readonly end?: number | null }) {
  return { start: start ?? 0, end: end ?? 0 }
}
