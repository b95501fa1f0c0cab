// What must hold before a change lands, besides the tests. `npm test` runs all of it in this order, after a build.
import { globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm } from './bare-machine/toolchain.mjs'
import { all, node, packages, root, run } from './tools.mjs'

/** The clients that Prisma makes: the types of tests and documents are theirs. Done at once where they are up to date. */
const generate = () =>
  all([
    ...['packages/adapter-prisma/test', 'examples/quickstart/prisma', 'bench/prisma'].map(
      (at) => () => node([`${at}/generate.mjs`]),
    ),
    () => node(['scripts/bare-machine/prisma-clients.mjs', 'examples/react-router/prisma/schema.prisma']),
  ])

const format = () => run('biome', ['ci', '.'])

const imports = () =>
  run('depcruise', ['--config', '.dependency-cruiser.mjs', 'packages', 'examples', 'bench', 'scripts', 'site'])

const unused = () => run('knip', ['--no-progress', '--treat-config-hints-as-errors'])

const manifests = () => node(['scripts/check-manifests.mjs'])

/** What the documents show of tables is made of one description of them. */
const tables = () => node(['scripts/check-tables.mjs'])

const types = () =>
  all(
    [
      'tsconfig.json',
      ...globSync('{scripts,bench,site,examples/*,examples/*/test,examples/*/test/*}/tsconfig.json', { cwd: root }),
    ].map((project) => () => run('tsc', ['--noEmit', '--pretty', 'false', '-p', project])),
  )

const snippets = () => node(['scripts/check-snippets.mjs'])

/** As they would be published, which differs from the folders: the workspace's versions are filled in. */
const packed = () => {
  const folder = join(root, '.cache/packed')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const names = packages().flatMap(({ name }) => ['--filter', name])
  pnpm(['-r', ...names, 'pack', '--pack-destination', folder], 'The packages could not be packed.')
  return all(
    globSync('*.tgz', { cwd: folder }).flatMap((file) => [
      () => run('publint', ['run', '--strict', join(folder, file)]),
      () =>
        run('attw', [
          join(folder, file),
          '--profile',
          'esm-only',
          '--ignore-rules',
          'false-cjs',
          '--no-color',
          '--no-emoji',
        ]),
    ]),
  )
}

/** What the public entries declare is what was last agreed on. */
const api = () => node(['scripts/api-report.mjs'])

const size = () => run('size-limit', [])

const consumers = () => all([() => node(['scripts/check-consumers.mjs']), () => node(['scripts/check-command.mjs'])])

/** The release, into a registry on this machine, and new applications that install from there. */
const release = () => node(['scripts/rehearse-release.mjs'])

/** The documents as a site: `npm run docs` shows it. */
const site = () => node(['site/check.mjs'])

export const checks = {
  generate,
  format,
  imports,
  unused,
  manifests,
  tables,
  types,
  snippets,
  api,
  size,
  packages: packed,
  consumers,
  site,
  release,
}
