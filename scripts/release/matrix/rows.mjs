// The rows of docs/support.md: what an application is made of that receives deliveries with the published packages.
import { BUN, PNPM, YARN } from './managers.mjs'
import { BUNDLER, COMMONJS, ESM, NODES, source, versionsIn } from './row.mjs'
import { tests } from './rows-of-tests.mjs'

/** @import { Row } from './row.mjs' */

const server = { application: 'server' }
const yarn = { ...server, versions: `Yarn ${YARN}` }
const bun = { ...server, manager: /** @type {const} */ ('bun'), versions: `Bun ${BUN}` }

/** @type {Row[]} */
const managers = [
  { what: 'npm', ...server, versions: `of Node ${process.versions.node}`, always: true },
  { what: 'pnpm', ...server, versions: `pnpm ${PNPM}`, manager: 'pnpm', always: true },
  { what: 'Yarn, `nodeLinker: node-modules`', ...yarn, manager: 'yarn' },
  { what: "Yarn, Plug'n'Play", ...yarn, manager: 'yarn-pnp' },
  { what: 'Bun installs, Node runs', ...bun },
  { what: 'Bun installs and runs', ...bun, manifest: { scripts: { start: 'bun src/server.ts' } } },
]

const KINDS = { '`nodenext`, ES modules': ESM, '`nodenext`, CommonJS': COMMONJS, '`bundler`': BUNDLER }

/** @param {string} typescript @param {typeof ESM} kind @param {object} [dependencies] */
const compiledBy = (typescript, { manifest, tsconfig }, dependencies = {}) => ({
  versions: `typescript ${typescript}`,
  ...server,
  manifest: { ...manifest, dependencies, devDependencies: { typescript } },
  tsconfig,
})
/** An ES module alone, which a compiler has to know that Node can require. @param {string} typescript */
const withKysely = (typescript) => ({
  ...compiledBy(typescript, COMMONJS, { '@clerk-sync/adapter-kysely': 'latest', kysely: '0.29.9' }),
  versions: `typescript ${typescript}, kysely 0.29.9`,
  files: { 'src/clerk-sync.ts': source('clerk-sync-kysely.ts') },
})

/** @type {Row[]} */
const typescript = [
  ...['5.5.4', '5.9.3', '6.0.3', '7.0.2'].flatMap((version) =>
    Object.entries(KINDS).map(([name, kind]) => ({
      what: `TypeScript ${version.replace(/\.\d+$/, '')}, ${name}`,
      ...compiledBy(version, kind),
    })),
  ),
  { what: 'Kysely, TypeScript 5.8 and later, `nodenext`, CommonJS', ...withKysely('5.8.3') },
  {
    what: 'Kysely, TypeScript 5.5 to 5.7, `nodenext`, CommonJS',
    ...withKysely('5.5.4'),
    fails: {
      step: 'compile',
      says: "the referenced file is an ECMAScript module and cannot be imported with 'require'",
      instead: 'Take TypeScript 5.8, or ES modules: Kysely has these alone.',
    },
  },
]

const { 'before require': oldest, ...lines } = NODES
/** better-sqlite3 asks for a newer one. */
const beforeRequire = {
  ...server,
  node: oldest,
  versions: `Node ${oldest}`,
  files: { 'src/clerk-sync.ts': source('clerk-sync-libsql.ts') },
}
const libsql = { '@libsql/client': '0.18.0' }

/** @type {Row[]} */
const nodes = [
  {
    what: 'Node 22.0 to 22.11, ES modules',
    ...beforeRequire,
    manifest: { ...ESM.manifest, dependencies: libsql },
    tsconfig: ESM.tsconfig,
  },
  {
    what: 'Node 22.0 to 22.11, CommonJS',
    ...beforeRequire,
    manifest: { ...COMMONJS.manifest, dependencies: libsql },
    tsconfig: COMMONJS.tsconfig,
    fails: {
      step: 'delivery',
      says: 'ERR_REQUIRE_ESM',
      instead: 'Take Node 22.12 or later, which requires ES modules, or `await import()`.',
    },
  },
  ...Object.entries(lines).flatMap(([line, node]) => {
    const row = { ...server, node, versions: `Node ${node}` }
    return [
      { what: `Node ${line}, ES modules`, ...row, ...ESM },
      { what: `Node ${line}, CommonJS`, ...row, ...COMMONJS },
    ]
  }),
]

const nextjs = { application: 'nextjs', versions: versionsIn('nextjs', 'next') }
const vite = { application: 'vite', versions: versionsIn('vite', 'vite') }

/** @type {Row[]} */
const bundlers = [
  { what: 'Next.js, Turbopack', ...nextjs },
  { what: 'Next.js, webpack', ...nextjs, manifest: { scripts: { build: 'next build --webpack' } } },
  {
    what: 'Next.js 15',
    ...nextjs,
    versions: 'next 15.5.29',
    manifest: { dependencies: { next: '15.5.29' } },
  },
  { what: 'Vite, SSR', ...vite },
  {
    what: 'Vite, SSR with `noExternal: true`',
    ...vite,
    files: { 'vite.config.js': "export default { ssr: { noExternal: true, external: ['better-sqlite3'] } }\n" },
  },
  ...[
    { format: 'esm', kind: ESM },
    { format: 'cjs', kind: COMMONJS },
  ].map(({ format, kind: { manifest, tsconfig } }) => ({
    what: `esbuild, \`--format=${format}\``,
    versions: 'esbuild 0.28.2',
    ...server,
    manifest: {
      ...manifest,
      scripts: {
        build: `esbuild src/server.ts --bundle --platform=node --format=${format} --external:better-sqlite3 --outdir=dist`,
      },
      devDependencies: { esbuild: '0.28.2' },
    },
    tsconfig,
  })),
  {
    what: 'Cloudflare Workers, D1',
    application: 'workers',
    versions: versionsIn('workers', 'wrangler'),
    database: '.wrangler/state/v3/d1/*/*.sqlite',
  },
]

/** @type {{ title: string, rows: Row[] }[]} */
export const GROUPS = [
  { title: 'Package managers', rows: managers },
  { title: 'TypeScript', rows: typescript },
  { title: 'Node', rows: nodes },
  { title: 'Tests', rows: tests },
  { title: 'Frameworks and bundlers', rows: bundlers },
]
