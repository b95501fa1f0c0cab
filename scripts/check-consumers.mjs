// The public declarations in applications: node scripts/check-consumers.mjs   (after `packages` has packed them)
//
// The packages are unpacked as they would be published. Every entry is compiled without skipLibCheck, by the oldest
// TypeScript, the newest and those between, for a bundler, as ESM and as CommonJS. An error in our declarations counts, and
// one in Clerk's, which ours are not to bring in; those in an ORM's own, which has them with or without us, do not. Clerk's
// client is handed to backfill in compilations of their own, with skipLibCheck.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { node, root } from './tools.mjs'

const ROWS = /** @type {const} */ ([
  ['5.5', 'bundler'],
  ['5.5', 'esm'],
  // Kysely is ESM alone, which CommonJS may import since 5.8.
  ['5.9', 'commonjs'],
  ['6.0', 'esm'],
  ['7.0', 'bundler'],
  ['7.0', 'commonjs'],
])
/** Files whose errors count: the application's, ours and Clerk's. */
const OURS = /^(?!.*node_modules)|node_modules\/@clerk(-sync)?\//
const BACKENDS = ['2.0', '2.33', '3.20', '3.25']
const installed = join(root, 'scripts/consumers/node_modules')
const folder = join(root, '.cache/consumers')
const common = { strict: true, target: 'es2022', lib: ['es2023', 'dom'], types: ['node'], noEmit: true }
const KINDS = {
  bundler: { type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
  esm: { type: 'module', options: { module: 'nodenext', moduleResolution: 'nodenext' } },
  commonjs: { type: 'commonjs', options: { module: 'nodenext', moduleResolution: 'nodenext' } },
}

/** Tables and clients have classes: ours must mean the same ones as the application. */
const USES = `
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { createClient } from '@supabase/supabase-js'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { pgTable, text } from 'drizzle-orm/pg-core'

const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })
export const withDrizzle = (db: PgDatabase<PgQueryResultHKT>) =>
  createClerkSync({
    adapter: drizzleAdapter(db, { users }),
    map: { user: (user) => ({ email: user.email_addresses[0]?.email_address ?? null }) },
  })
const supabase = createClient('', '')
export const withSupabase = supabaseAdapter(supabase, { users: { table: 'users', columns: ['email'] } })
`

rmSync(folder, { recursive: true, force: true })
const modules = join(folder, 'node_modules')
/** @type {string[]} */
const entries = []
for (const file of globSync('*.tgz', { cwd: join(root, '.cache/packed') })) {
  const home = join(modules, '@clerk-sync', file.replace(/^clerk-sync-(.*?)-\d.*$/, '$1'))
  mkdirSync(home, { recursive: true })
  const { status } = spawnSync('tar', ['-xzf', join(root, '.cache/packed', file), '-C', home, '--strip-components=1'])
  if (status !== 0) throw new Error(`tar could not unpack ${file}.`)
  const { name, exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  for (const entry of Object.keys(exports)) if (!/json|\*/.test(entry)) entries.push(name + entry.slice(1))
}
if (entries.length === 0) throw new Error('Nothing is packed: run npm test, or the step `packages` first.')
for (const name of [
  '@aws-sdk/client-sqs',
  '@opentelemetry/api',
  '@prisma/client',
  '@supabase/supabase-js',
  '@types/node',
  'bullmq',
  'drizzle-orm',
  'fast-check',
  'fastify',
  'graphile-worker',
  'ioredis',
  'kysely',
  'pg-boss',
  'svix',
]) {
  link(name, name)
}

/** @type {{ what: string, compiler: string, project: string }[]} */
const compilations = []
/** @type {Record<string, string>} */
const projects = {}
for (const [kind, { type, options }] of Object.entries(KINDS)) {
  const text = entries.map((entry, n) => `export * as e${n} from '${entry}'\n`).join('') + USES
  projects[kind] = put(kind, type, { ...common, ...options, skipLibCheck: false }, text)
}
for (const [version, kind] of ROWS) {
  const what = `TypeScript ${version}, ${kind}`
  compilations.push({ what, compiler: `typescript-${version}`, project: String(projects[kind]) })
}
for (const version of BACKENDS) {
  const text = `import { createClerkClient } from '@clerk/backend'
import { createClerkSync } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import { memoryAdapter } from '@clerk-sync/core/memory'
const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
export const result = backfill(clerkSync, { clerkClient: createClerkClient({ secretKey: '' }) })
`
  const name = `backend-${version}`
  const project = put(name, 'module', { ...common, ...KINDS.esm.options, skipLibCheck: true }, text)
  link(`clerk-${name}`, '@clerk/backend', join(folder, name, 'node_modules'))
  compilations.push({ what: `@clerk/backend ${version}`, compiler: 'typescript-7.0', project })
}

/** @type {string[]} */
const problems = []
const waiting = [...compilations]
const work = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { what, compiler, project } = next
    const { ok, output } = await node(
      [join(installed, compiler, 'bin/tsc'), '--pretty', 'false', '-p', project],
      folder,
    )
    // An error begins at the start of a line; what follows is indented.
    const errors = output.split(/\n(?=\S)/).filter((error) => OURS.test(error.split('\n')[0] ?? ''))
    if (!ok && errors.length > 0) problems.push(`${what}:\n${errors.join('\n').trim()}`)
  }
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work))
for (const problem of problems) console.error(problem)
console.log(`${entries.length} entries, ${compilations.length} compilations, ${problems.length} with errors`)
process.exitCode = problems.length > 0 ? 1 : 0

/** @param {string} name @param {string} type @param {object} compilerOptions @param {string} text */
function put(name, type, compilerOptions, text) {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type }))
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(home, 'application.ts'), text)
  return home
}

/** @param {string} from @param {string} to */
function link(from, to, home = modules) {
  mkdirSync(dirname(join(home, to)), { recursive: true })
  symlinkSync(join(installed, from), join(home, to), 'junction')
}
