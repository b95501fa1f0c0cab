// The reference of every public entry, from the sources' own declarations and comments: TypeDoc.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, ReflectionKind } from 'typedoc'
import { REPOSITORY } from '../../packages/core/src/addresses.ts'
import { root } from '../../scripts/tools.mjs'

/** What authors of adapters use; docs/writing-an-adapter.md is its example. */
const FOR_AUTHORS = ['core/adapter', 'core/sql']

const PRIVATE = /^@clerk-sync\/(test-support|fault-proxy|project)/

/** The published entries and their sources: the table of names that every tool of the repository reads. */
export function entries() {
  const { paths } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions
  return Object.entries(/** @type {Record<string, [string]>} */ (paths))
    .filter(([name]) => !PRIVATE.test(name))
    .map(([name, [source]]) => ({ name: name.replace('@clerk-sync/', ''), source }))
}

/** @param {string} folder where the pages go */
export async function writeReference(folder) {
  const application = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries().map(({ source }) => join(root, source)),
    tsconfig: join(root, 'tsconfig.json'),
    // The check `types` compiles the same sources.
    skipErrorChecking: true,
    logLevel: 'Warn',
    validation: false,
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    readme: 'none',
    githubPages: false,
    disableGit: true,
    gitRevision: 'main',
    sourceLinkTemplate: `${REPOSITORY}/blob/main/{path}#L{line}`,
    basePath: root,
    // Options of the plugin, which TypeDoc's own type does not know.
    .../** @type {object} */ ({
      router: 'module',
      entryFileName: 'index',
      hidePageHeader: true,
      hideBreadcrumbs: true,
      useCodeBlocks: true,
      sanitizeComments: true,
      publicPath: '/reference/',
      parametersFormat: 'table',
      typeDeclarationFormat: 'table',
      interfacePropertiesFormat: 'list',
    }),
  })
  const project = await application.convert()
  if (!project) throw new Error('TypeDoc could not read the sources.')
  // By the names that applications import.
  for (const module of project.children ?? []) {
    const entry = entries().find(({ source }) => source.endsWith(module.sources?.[0]?.fileName ?? ''))
    if (!entry) throw new Error(`TypeDoc names a module that is no entry: ${module.name}.`)
    module.name = entry.name
  }
  refuseWithoutExample(project)
  await application.outputs.writeOutput({ name: 'markdown', path: folder }, project)
  for (const { name } of entries()) {
    const page = join(folder, `${name}.md`)
    writeFileSync(page, readFileSync(page, 'utf8').replace(/^# .*$/m, `# @clerk-sync/${name}`))
  }
}

/** A function that applications call says how, in its docstring. @param {import('typedoc').ProjectReflection} project */
function refuseWithoutExample(project) {
  const bare = project.getReflectionsByKind(ReflectionKind.Function).flatMap((one) => {
    const entry = one.parent?.name ?? ''
    const { signatures = [] } = /** @type {import('typedoc').DeclarationReflection} */ (one)
    const shown = signatures.some(({ comment }) => comment?.blockTags.some(({ tag }) => tag === '@example'))
    return shown || FOR_AUTHORS.includes(entry) ? [] : [`${one.name} of @clerk-sync/${entry}`]
  })
  if (bare.length > 0) throw new Error(`No example in the docstring: ${bare.join(', ')}`)
}
