import { parse, rangeOf } from './source.ts'

type Ast = ReturnType<typeof parse>
type Statement = Extract<Ast, { type: 'Program' }>['body'][number]
type TypeNode = Extract<Statement, { type: 'TSTypeAliasDeclaration' }>['typeAnnotation']
type Member = Extract<TypeNode, { type: 'TSTypeLiteral' }>['members'][number]

/** A property of an object type, as the source spells it. */
export interface Property {
  readonly name: string
  readonly type: string
  /** Of a type that stands there, its own properties; of a name, none. */
  readonly properties: readonly Property[]
}

/** An interface, or the name of a type. */
export interface DeclaredType {
  readonly name: string
  readonly isExported: boolean
  readonly text: string
  readonly properties: readonly Property[]
}

export function typesIn(path: string, text: string): readonly DeclaredType[] {
  const ast = parse(path, text)
  if (ast.type !== 'Program') return []
  const textOf = (node: Parameters<typeof rangeOf>[0]) => text.slice(rangeOf(node).start, rangeOf(node).end)
  const members = (of: readonly Member[]) =>
    of.flatMap((member): Property[] => {
      if (member.type !== 'TSPropertySignature' || !member.typeAnnotation) return []
      const { key } = member
      const name = key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : undefined
      const node = member.typeAnnotation.typeAnnotation
      if (name === undefined) return []
      return [{ name, type: textOf(node), properties: propertiesOf(node) }]
    })
  const propertiesOf = (node: TypeNode): Property[] => {
    if (node.type === 'TSTypeLiteral') return members(node.members)
    return node.type === 'TSIntersectionType' ? node.types.flatMap(propertiesOf) : []
  }
  const exported = new Set(
    ast.body.flatMap((statement) =>
      statement.type === 'ExportNamedDeclaration'
        ? statement.specifiers.flatMap((one) => (one.type === 'ExportSpecifier' ? one.local.name : []))
        : [],
    ),
  )
  return ast.body.flatMap((statement): DeclaredType[] => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type !== 'TSInterfaceDeclaration' && declared?.type !== 'TSTypeAliasDeclaration') return []
    const { name } = declared.id
    const properties =
      declared.type === 'TSInterfaceDeclaration' ? members(declared.body.body) : propertiesOf(declared.typeAnnotation)
    return [{ name, isExported: declared !== statement || exported.has(name), text: textOf(declared), properties }]
  })
}
