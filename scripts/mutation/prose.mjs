// A plugin of StrykerJS: the texts of errors, problems and log lines are no faults to try. What an operator must read in
// them is tested by its words; that the rest of a sentence is there says nothing about what the code does. Only what is
// nothing but prose is left out: a code, a column, a path, a separator, SQL, or what decides between two sentences, is not.

/**
 * What is asked of a path of Babel's.
 * @typedef {{ type: string, name?: string, value?: unknown, computed?: boolean, object?: Node, property?: Node, callee?: Node, key?: Node, id?: Node, arguments?: Node[], expressions?: Node[], quasis?: { value: { raw: string } }[], operator?: string, kind?: string }} Node
 * @typedef {{ node: Node, key: string | number | null, listKey?: string | null, parentPath: NodePath | null, scope: { getBinding(name: string): { referencePaths: NodePath[] } | undefined } }} NodePath
 */

export const PROSE = 'the text of a message'

/** The project's own functions that make an error of a text, and what an operation is called in one. */
const MAKE_MESSAGES = new Set([
  ...['invalid', 'invalidMap', 'refuse', 'refusal', 'asClerkSyncError', 'storeFailure'],
  ...['demand', 'named', 'demandOpen', 'runIfOpen'],
])

/** @param {NodePath} path */
export function shouldIgnore(path) {
  return isProse(path.node) && isInMessage(path) ? PROSE : undefined
}

/** Words, and in a template nothing beside them that has faults of its own: those would be left out too. @param {Node} node */
function isProse(node) {
  if (node.type === 'StringLiteral') return hasWords(String(node.value))
  if (node.type !== 'TemplateLiteral') return false
  const text = (node.quasis ?? []).map(({ value }) => value.raw).join('…')
  return hasWords(text) && (node.expressions ?? []).every(isPlain)
}

/** Two words at least, or one beside what a template puts in: no code and no name has a space. @param {string} text */
const hasWords = (text) => /[\p{L}…][.,:;)"']* ["'(]*[\p{L}…]/u.test(text) && /\p{L}{2}/u.test(text)

/** A name, a property, or what a function says of such: StrykerJS changes nothing there. @param {Node} node @returns {boolean} */
function isPlain(node) {
  if (['Identifier', 'ThisExpression', 'NumericLiteral'].includes(node.type)) return true
  if (node.type === 'MemberExpression') return !node.computed && node.object !== undefined && isPlain(node.object)
  if (node.type !== 'CallExpression') return isProse(node)
  const { callee, arguments: given = [] } = node
  if (callee?.type === 'MemberExpression' && callee.property?.name === 'join') {
    return isPlain(callee) && given.every(({ type }) => type === 'StringLiteral')
  }
  return callee?.type === 'Identifier' && given.every(isPlain)
}

/** @param {NodePath} path @returns {boolean} */
function isInMessage(path) {
  const { parentPath: parent, key, listKey } = path
  const of = parent?.node
  switch (of?.type) {
    case 'ConditionalExpression':
      return key !== 'test' && isInMessage(/** @type {NodePath} */ (parent))
    case 'BinaryExpression':
      return of.operator === '+' && isInMessage(/** @type {NodePath} */ (parent))
    case 'TemplateLiteral':
      return isInMessage(/** @type {NodePath} */ (parent))
    case 'ObjectProperty':
      return key === 'value' && of.key?.name === 'message'
    case 'NewExpression':
      return listKey === 'arguments' && /Error$/.test(of.callee?.name ?? '')
    case 'CallExpression':
      return listKey === 'arguments' && makesMessage(of.callee)
    case 'VariableDeclarator':
      return key === 'init' && isOnlyForMessages(/** @type {NodePath} */ (parent))
    default:
      return false
  }
}

/** @param {Node | undefined} callee */
function makesMessage(callee) {
  if (callee?.type === 'Identifier') return MAKE_MESSAGES.has(callee.name ?? '')
  return callee?.type === 'MemberExpression' && isOfMessages(callee)
}

/** `console.warn(…)`, `inFlight.runIfOpen(…)`. @param {Node} callee */
const isOfMessages = ({ object, property }) => object?.name === 'console' || MAKE_MESSAGES.has(property?.name ?? '')

/** A text that has a name, and is said in messages alone. @param {NodePath} declarator */
function isOnlyForMessages({ node: { id }, parentPath, scope }) {
  if (parentPath?.node.kind !== 'const' || id?.type !== 'Identifier') return false
  const uses = scope.getBinding(id.name ?? '')?.referencePaths ?? []
  return uses.length > 0 && uses.every(isInMessage)
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'prose', factory: () => ({ shouldIgnore }) }]
