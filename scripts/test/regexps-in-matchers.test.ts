// In toMatchObject of vitest 5 a RegExp matches anything, since it has no keys of its own: a test with one cannot fail. What
// is meant is expect.stringMatching.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { root } from '../tools.mjs'

const MATCHER = /^(toMatchObject|toEqual|toStrictEqual)$/

/** Where a RegExp is compared as a value: in what a matcher is given, or in a helper that makes such an object of one. */
function comparedIn(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const names = new Set(nodesOf(source).filter(isNamedRegExp).map(nameOf))
  const isRegExp = (node: ts.Node) =>
    ts.isRegularExpressionLiteral(node) ||
    (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') ||
    (ts.isIdentifier(node) && names.has(node.text))
  const compared = nodesOf(source)
    .flatMap((node) => {
      if (ts.isCallExpression(node)) return MATCHER.test(nameOf(node.expression)) ? node.arguments : []
      return ts.isFunctionLike(node) && node.parameters.some(isNamedRegExp) && 'body' in node ? (node.body ?? []) : []
    })
    .flatMap(nodesOf)
    .filter((node) => isRegExp(node) && isValue(node))
  const lineOf = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1
  return compared.map((node) => `${file}:${lineOf(node)} ${node.parent.getText()}`)
}

function nodesOf(root: ts.Node): ts.Node[] {
  const nodes = [root]
  // It grows as it is read.
  for (const node of nodes) ts.forEachChild(node, (child) => void nodes.push(child))
  return nodes
}

function nameOf(node: ts.Node): string {
  return 'name' in node ? (node.name as ts.Node).getText() : ''
}

/** Without the compiler's types, whose program takes half a minute: what says so itself. */
function isNamedRegExp(node: ts.Node): boolean {
  if (ts.isNamedTupleMember(node)) return node.type.getText() === 'RegExp'
  if (!ts.isParameter(node) && !ts.isVariableDeclaration(node)) return false
  return node.type?.getText() === 'RegExp' || node.initializer?.kind === ts.SyntaxKind.RegularExpressionLiteral
}

/** Neither what another function is called with, nor what a method is called of, nor a name. */
function isValue(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isCallExpression(parent)) return MATCHER.test(nameOf(parent.expression))
  if (ts.isNewExpression(parent) || ts.isPropertyAccessExpression(parent)) return false
  return nameOf(parent) !== node.getText() || ts.isShorthandPropertyAssignment(parent)
}

test.each([
  ['in an object', 'expect(a).toMatchObject({ message: /x/ })'],
  ['on a line of its own', 'expect(a).rejects.toMatchObject([\n  { error: { message: /x/ } },\n])'],
  ['by itself', 'expect(a).toEqual(/x/)'],
  ['among others', 'expect(a).toStrictEqual([1, new RegExp(b)])'],
  ['by its name', 'const message = /x/; expect(a).toMatchObject({ message })'],
  ['from a table', 'type Row = [what: string, says: RegExp]; expect(a).toMatchObject({ message: says })'],
  ['from a helper', 'const failure = (message: RegExp) => ({ code: 1, message })'],
])('a RegExp that is compared is found: %s', (_, text) => {
  expect(comparedIn('a.ts', text)).toHaveLength(1)
})

test.each([
  ['a pattern of a text', 'expect(a).toMatchObject({ message: expect.stringMatching(/x/) })'],
  ['by its name', 'const says = /x/; expect(a).toEqual({ says: expect.stringMatching(says) })'],
  ['of a helper', 'const matching = (pattern: RegExp) => expect.stringMatching(pattern)'],
  ['what is found with one', 'expect(a).toEqual(b.filter((one) => /x/.test(one)))'],
  ['the matcher for it', 'expect(a).toMatch(/x/)'],
])('what is right is not refused: %s', (_, text) => {
  expect(comparedIn('a.ts', text)).toEqual([])
})

test('no test compares with a RegExp', () => {
  const folders = [
    '{packages,examples}/*/test',
    'packages/{adapter-testkit,host-conformance,test-support}/src',
    'scripts',
  ]
  const files = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root, exclude: ['**/{node_modules,fixtures,.*}'] },
  )
  const read = files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const)
  const found = read.filter(([, text]) => /toMatchObject|toEqual|toStrictEqual|RegExp/.test(text))
  expect(found.length).toBeGreaterThan(100)
  expect(found.flatMap((file) => comparedIn(...file))).toEqual([])
})
