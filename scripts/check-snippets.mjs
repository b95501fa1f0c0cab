// What the documentation shows compiles.   node scripts/check-snippets.mjs   (after a build)
//
// Every block marked ts, tsx or typescript in the Markdown below and in the TSDoc of the packages' sources is a file of
// its own in .cache/snippets, and all of them are type-checked at once: as strictly as our own code, in an application
// that has installed the packages as they were built and what they stand beside.
//
// - A block is a whole file. It says what it needs by importing it.
// - A first line like `// db/schema.ts` names the file: the other blocks of the document import './db/schema', and it
//   is where the imports of a named block start from. An unnamed block lies at the root. Where two blocks have one
//   name, the first is the file that others import.
// - What a partial block leaves out stands in a comment right before it, which readers do not see:
//       <!-- given: import { db, users } from './db/schema' -->
//   There may be many, and of many lines. They are the head of the file.
// - A line that must not compile is marked `// @ts-expect-error`; @ts-ignore and @ts-nocheck are refused.
// - What an application would generate from a schema that a package's README shows, its tests have in
//   test/.generated/readme: the blocks of the package find it under './generated'. The skill's is among those of
//   adapter-prisma.
// - A block that is not to be compiled has another language: text, sh, sql. They are counted.
const DOCUMENTS = [
  '{README,CONTRIBUTING,site/index}.md',
  'docs/**/*.md',
  '{bench,packages/*,examples/*}/README.md',
  'skills/*/SKILL.md',
]
const SOURCES = 'packages/*/src/**/*.{ts,tsx}'

import { existsSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

/** @typedef {{ line: number, language: string, given: string[], code: string[] }} Block */
/** @typedef {{ document: string, line: number, message: string }} Problem */

/** @param {string} root */
export function checkSnippets(root) {
  const folder = join(root, '.cache/snippets')
  rmSync(folder, { recursive: true, force: true })
  /** @type {Map<string, string>} */
  const documentOf = new Map()
  /** @type {Problem[]} */
  const problems = []
  /** @type {Record<string, number>} */
  const leftAlone = {}

  for (const path of globSync([...DOCUMENTS, SOURCES], { cwd: root }).sort()) {
    const document = path.split(sep).join('/')
    const text = readFileSync(join(root, path), 'utf8')
    const { blocks, mistakes } = blocksOf(document.endsWith('.md') ? text : tsdocOf(text))
    for (const mistake of mistakes) problems.push({ document, ...mistake })
    for (const block of blocks) {
      if (!COMPILED.test(block.language)) {
        const language = block.language || 'unmarked'
        leftAlone[language] = (leftAlone[language] ?? 0) + 1
        continue
      }
      const { name, mistake } = nameOf(block)
      if (mistake) problems.push({ document, line: block.line, message: mistake })
      let file = join(folder, document, name)
      if (documentOf.has(file)) file = file.replace(/(?=\.tsx?$)/, `.line-${block.line}`)
      documentOf.set(file, document)
      mkdirSync(dirname(file), { recursive: true })
      // Every line stands where it stands in the document, so that the compiler's lines are the document's.
      const lines = Array.from(block.code, (line, n) => line ?? block.given[n] ?? '')
      for (const [n, line] of lines.entries()) {
        if (!/@ts-(ignore|nocheck)\b/.test(line)) continue
        problems.push({ document, line: n + 1, message: 'Hides what does not compile: say @ts-expect-error.' })
      }
      writeFileSync(file, lines.join('\n'))
    }
  }

  install(root, join(folder, 'node_modules'))
  for (const document of new Set(documentOf.values())) {
    const [home = ''] = /^(packages|examples)\/[^/]+/.exec(document) ?? []
    const generated = document.startsWith('skills/')
      ? join(root, 'packages/adapter-prisma/test/.generated/skill')
      : join(root, home, 'test/.generated/readme')
    if (existsSync(generated)) symlinkSync(generated, join(folder, document, 'generated'), 'junction')
  }
  problems.push(...compile(root, documentOf))
  problems.sort((a, b) => (a.document === b.document ? a.line - b.line : a.document < b.document ? -1 : 1))
  return {
    snippets: documentOf.size,
    documents: new Set(documentOf.values()).size,
    leftAlone,
    problems: problems.map(({ document, line, message }) => `${document}:${line}: ${message}`),
  }
}

/**
 * The fenced blocks of a Markdown text. Their lines are sparse arrays with the indices of the text's.
 * @param {string} markdown
 */
function blocksOf(markdown) {
  const lines = markdown.split(/\r?\n/)
  /** @type {Block[]} */
  const blocks = []
  /** @type {{ line: number, message: string }[]} */
  const mistakes = []
  /** What waits for its block. @type {string[]} */
  let given = []
  const takeGiven = (/** @type {boolean} */ wanted) => {
    const taken = given
    given = []
    const from = taken.findIndex((line) => line !== undefined)
    if (from !== -1 && !wanted) mistakes.push({ line: from + 1, message: 'Gives something, but no ts block follows.' })
    return taken
  }
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n] ?? ''
    if (/^[\s>]*$/.test(line)) continue
    if (/^[\s>]*<!--\s*given:/.test(line)) {
      let end = lines.findIndex((one, m) => m >= n && one.includes('-->'))
      if (end === -1) end = lines.length - 1
      for (; n <= end; n++) {
        given[n] = (lines[n] ?? '').replace(/-->\s*$/, '').replace(/^[\s>]*(<!--\s*given:)?/, blank)
      }
      n = end
      continue
    }
    const [, prefix, fence, language] = FENCE.exec(line) ?? []
    if (prefix === undefined || fence === undefined || language === undefined) {
      takeGiven(false)
      continue
    }
    const closing = new RegExp(`^[\\s>]*${fence[0]}{${fence.length},}\\s*$`)
    let end = lines.findIndex((one, m) => m > n && closing.test(one))
    if (end === -1) {
      mistakes.push({ line: n + 1, message: 'This block is never closed.' })
      end = lines.length
    }
    /** @type {string[]} */
    const code = []
    for (let m = n + 1; m < end; m++) {
      // Blocks may stand in quotations and lists.
      const text = lines[m] ?? ''
      code[m] = text.slice(0, prefix.length).replaceAll('>', ' ') + text.slice(prefix.length)
    }
    blocks.push({ line: n + 1, language, given: takeGiven(COMPILED.test(language)), code })
    n = end
  }
  takeGiven(false)
  return { blocks, mistakes }
}

const FENCE = /^((?:[\s>]|[-*+]\s|\d+[.)]\s)*)(`{3,}|~{3,})\s*([^\s`~{,]*)[^`]*$/
const COMPILED = /^(ts|tsx|typescript)$/i

const blank = (/** @type {string} */ text) => ' '.repeat(text.length)

/** The TSDoc of a source as Markdown, on the lines where it stands. @param {string} source */
function tsdocOf(source) {
  return source.replace(/(\/\*\*[\s\S]*?\*\/)|[^\r\n]/g, (_, /** @type {string | undefined} */ comment = '') =>
    comment.replace(/\/\*\*|^[ \t]*\*(?!\/)|\*\//gm, blank),
  )
}

/** @param {Block} block */
function nameOf({ line, language, code }) {
  const first = code.find((text) => text?.trim()) ?? ''
  const name = /^\s*\/\/\s*(\S+\.tsx?)\s*$/.exec(first)?.[1]
  const unnamed = `line-${line}.${/^tsx$/i.test(language) ? 'tsx' : 'ts'}`
  if (!name) return { name: unnamed }
  const segments = name.replace(/^\.\//, '').split('/')
  if (segments.some((segment) => ['', '.', '..', 'node_modules'].includes(segment))) {
    return { name: unnamed, mistake: `'${name}' is not the path of a file inside an application.` }
  }
  return { name: segments.join('/') }
}

/**
 * What an application has that uses all of the packages: them, what they are used beside, and what the examples need.
 * What a package brings along for itself cannot be imported, as it cannot be there.
 * @param {string} root @param {string} modules
 */
function install(root, modules) {
  const manifests = globSync('{packages,examples}/*/package.json', { cwd: root })
    .sort((a, b) => (a < b ? 1 : -1))
    .map((path) => ({ home: join(root, dirname(path)), ...JSON.parse(readFileSync(join(root, path), 'utf8')) }))
  const published = manifests.filter((one) => !one.private)
  const beside = manifests.flatMap((one) =>
    Object.keys({ ...one.peerDependencies, ...one.devDependencies, ...(one.private ? one.dependencies : {}) }).map(
      (name) => ({ name, home: join(one.home, 'node_modules', name) }),
    ),
  )
  for (const { name, home } of [...published, ...beside]) {
    const link = join(modules, name)
    if (existsSync(link) || !existsSync(home)) continue
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(home, link, 'junction')
  }
}

/** @param {string} root @param {Map<string, string>} documentOf @returns {Problem[]} */
function compile(root, documentOf) {
  const config = join(root, 'tsconfig.json')
  const { compilerOptions } = ts.readConfigFile(config, ts.sys.readFile).config
  const { options } = ts.convertCompilerOptionsFromJson(
    // A table of paths would lead to the sources. Without `force`, blocks without imports would share their names.
    // The decorators are Nest's, of parameters too.
    {
      ...compilerOptions,
      paths: {},
      noEmit: true,
      jsx: 'preserve',
      moduleDetection: 'force',
      experimentalDecorators: true,
    },
    root,
    config,
  )
  const program = ts.createProgram([...documentOf.keys()], options)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => ({
    document: (file && documentOf.get(join(file.fileName))) ?? relative(root, file?.fileName ?? config),
    line: file ? file.getLineAndCharacterOfPosition(start).line + 1 : 1,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { snippets, documents, leftAlone, problems } = checkSnippets(resolve(import.meta.dirname, '..'))
  if (snippets === 0) problems.push('nothing to check')
  for (const problem of problems) console.error(problem)
  const others = Object.entries(leftAlone).map(([language, count]) => `${count} ${language}`)
  console.log(
    `${snippets} snippets in ${documents} documents, ${problems.length} errors; left alone: ${others.join(', ') || 'none'}` +
      ` (${relative(process.cwd(), import.meta.filename)})`,
  )
  process.exitCode = problems.length > 0 ? 1 : 0
}
