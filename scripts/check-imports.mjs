// Who may know whom.   node scripts/check-imports.mjs
//
// packages/core/src is a house with these rooms. Every file of it stands in exactly one row: whoever adds a file says
// here what it is.
const ROOMS = {
  // What the steps share.
  leaf: [
    'adapter.ts',
    'answer.ts',
    'clerk-event.ts',
    'database-fault.ts',
    'delivery.ts',
    'errors.ts',
    'hooks.ts',
    'map-option.ts',
    'mapping.ts',
    'records.ts',
    'report.ts',
    'result.ts',
    'retry.ts',
    'samples.ts',
    'version.ts',
  ],
  // The way of a delivery, one file a step.
  step: ['request.ts', 'verify.ts', 'event.ts', 'change.ts', 'apply.ts', 'response.ts'],
  // The only file that knows the order of the steps.
  order: ['create-clerk-sync.ts'],
  // For hosts that do not speak Request and Response.
  door: ['node.ts', 'lambda.ts', 'fastify.ts'],
  // What an application calls beside the route.
  task: ['ensure-user.ts'],
  // The adapter that keeps its rows in memory: the port's executable specification.
  memory: ['memory.ts', 'memory-database.ts'],
  // What all adapters for SQL databases share: they add an ORM's schema and its driver.
  sql: [
    'sql/batch.ts',
    'sql/check.ts',
    'sql/dialect.ts',
    'sql/index.ts',
    'sql/ledger.ts',
    'sql/mysql-by-count.ts',
    'sql/mysql.ts',
    'sql/postgres.ts',
    'sql/program.ts',
    'sql/runner.ts',
    'sql/sql-adapter.ts',
    'sql/sqlite.ts',
    'sql/statement.ts',
    'sql/table.ts',
  ],
  // The public entry.
  index: ['index.ts'],
}

// What the files of a room may import from core/src: anything of the rooms in `all`, types alone of those in `types`.
/** @type {Record<keyof typeof ROOMS, { all: Room[], types: Room[] }>} */
const MAY_KNOW = {
  leaf: { all: ['leaf'], types: [] },
  step: { all: ['leaf'], types: [] },
  order: { all: ['leaf', 'step'], types: [] },
  door: { all: ['leaf'], types: ['order'] },
  task: { all: ['leaf'], types: ['order'] },
  memory: { all: ['leaf', 'memory'], types: [] },
  sql: { all: ['leaf', 'sql'], types: [] },
  index: { all: ['leaf', 'step', 'order', 'door', 'task', 'memory', 'index'], types: [] },
}

// Which of our packages a package's sources may import, by the name that is published.
const PACKAGES_MAY_KNOW = [
  { folder: /^packages\/(core|host-conformance)$/, names: [] },
  { folder: /^packages\/adapter-/, names: ['@clerk-sync/core', '@clerk-sync/core/sql'] },
  { folder: /^examples\//, names: 'every published name' },
]

// And no file of packages/ or examples/, tests included, reaches into another folder by a relative path.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

/** @typedef {keyof typeof ROOMS} Room */
/** @typedef {{ specifier: string, typeOnly: boolean, line: number }} Import */

/** @param {string} root @returns {{ files: number, problems: string[] }} */
export function checkImports(root) {
  const published = publishedNames(root)
  const files = globSync('{packages,examples}/*/{src,test}/**/*.{ts,tsx,mts,js,mjs}', { cwd: root }).sort()
  const problems = files.flatMap((path) => {
    const file = path.split(sep).join('/')
    const complaint = (/** @type {string} */ text, line = 1) => `${file}:${line}  ${text}`
    const imports = importsOf(join(root, path))
    return [
      ...inPackage(file, published).flatMap((check) => imports.flatMap((one) => check(one) ?? [])),
      ...inHouse(file, imports, complaint),
    ]
  })
  return { files: files.length, problems }
}

/** @param {string} file @param {Set<string>} published */
function inPackage(file, published) {
  const home = file.split('/').slice(0, 2).join('/')
  const rule = PACKAGES_MAY_KNOW.find(({ folder }) => folder.test(home))
  const complaint = (/** @type {Import} */ { line }, /** @type {string} */ text) => [`${file}:${line}  ${text}`]
  /** @type {((one: Import) => string[] | undefined)[]} */
  const checks = [
    (one) => {
      if (!one.specifier.startsWith('.')) return
      const target = join(dirname(file), one.specifier).split(sep).join('/')
      if (`${target}/`.startsWith(`${home}/`)) return
      return complaint(one, `'${one.specifier}' leaves ${home}: import the package by its name.`)
    },
    (one) => {
      if (!one.specifier.startsWith('@clerk-sync/')) return
      if (!published.has(one.specifier)) {
        return complaint(one, `'${one.specifier}' is not among the exports of a package.`)
      }
      // Tests certify a package with the testkit and its neighbours; only sources are bound further.
      if (!file.startsWith(`${home}/src/`) || !rule || typeof rule.names === 'string') return
      if (/** @type {string[]} */ (rule.names).includes(one.specifier)) return
      return complaint(
        one,
        `${home} may import ${rule.names.join(', ') || 'none of our packages'}, not '${one.specifier}'.`,
      )
    },
  ]
  return checks
}

/** @param {string} file @param {Import[]} imports @param {(text: string, line?: number) => string} complaint */
function inHouse(file, imports, complaint) {
  const inside = /^packages\/core\/src\/(.+)$/.exec(file)?.[1]
  if (inside === undefined) return []
  const from = roomOf(inside)
  if (!from) {
    return [complaint(`is in no room of the house: say what it is in the table of scripts/check-imports.mjs.`)]
  }
  return imports.flatMap(({ specifier, typeOnly, line }) => {
    if (!specifier.startsWith('.')) return []
    const target = join(dirname(inside), specifier).split(sep).join('/')
    const to = roomOf(target)
    const { all, types } = MAY_KNOW[from]
    // A target in no room has its own complaint.
    if (!to || all.includes(to) || (typeOnly && types.includes(to))) return []
    const may = [all.join(', '), types.length > 0 ? `types of ${types.join(', ')}` : ''].filter(Boolean).join('; ')
    return [complaint(`is a ${from} and may know ${may}; '${specifier}' is a ${to}.`, line)]
  })
}

/** @param {string} file @returns {Room | undefined} */
function roomOf(file) {
  const name = file.replace(/\.js$/, '.ts')
  for (const [room, members] of Object.entries(ROOMS)) {
    if (members.includes(name)) return /** @type {Room} */ (room)
  }
  return undefined
}

/** Every import of a file: declarations, re-exports, `import()` and `import('…').Type`. @param {string} path */
function importsOf(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  /** @type {Import[]} */
  const imports = []
  const add = (/** @type {ts.Node | undefined} */ specifier, /** @type {boolean} */ typeOnly) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    const line = source.getLineAndCharacterOfPosition(specifier.getStart(source)).line + 1
    imports.push({ specifier: specifier.text, typeOnly, line })
  }
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return imports
}

/** @param {ts.ImportClause | undefined} clause */
function isTypeOnly(clause) {
  if (!clause) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly)
}

/** @param {string} root */
function publishedNames(root) {
  const names = new Set()
  for (const path of globSync('packages/*/package.json', { cwd: root })) {
    const { name, exports } = JSON.parse(readFileSync(join(root, path), 'utf8'))
    for (const door of Object.keys(exports ?? {})) names.add(name + door.slice(1))
  }
  return names
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = resolve(import.meta.dirname, '..')
  const { files, problems } = checkImports(root)
  for (const problem of problems) console.error(problem)
  if (!existsSync(join(root, 'packages/core/src')) || files === 0) problems.push('nothing to check')
  console.log(
    `${files} files, ${problems.length} imports or files that break the rules (${relative(process.cwd(), import.meta.filename)})`,
  )
  process.exitCode = problems.length > 0 ? 1 : 0
}
