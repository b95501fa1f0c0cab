import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { expect, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf } from './support/command.ts'

const manifest = (...names: string[]) =>
  JSON.stringify({ type: 'module', dependencies: Object.fromEntries(names.map((name) => [name, '*'])) }, undefined, 2)

const NEXT = { 'package.json': manifest('next', 'drizzle-orm', 'pg'), 'app/page.tsx': '' }
const SERVER = `import express from 'express'

const app = express()

app.use(express.json()) // as it was
app.listen(3000)
`

const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
  )

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8')

test('it sees framework, ORM, database and package manager, and writes what they need; a second run changes nothing', async () => {
  const cwd = applicationWith({ ...NEXT, 'pnpm-lock.yaml': '' })
  const ended = await clerkSync(['init', '--yes', '--json'], { cwd })
  expect(jsonOf(ended)).toMatchObject({
    ok: true,
    framework: 'nextjs',
    orm: 'drizzle',
    database: 'postgres',
    tables: ['users'],
    written: [
      'lib/clerk-schema.ts',
      'drizzle.config.ts',
      'lib/clerk-sync.ts',
      'app/api/webhooks/clerk/route.ts',
      '.env.local',
      '.gitignore',
    ],
    todo: expect.arrayContaining(['pnpm add @clerk-sync/core @clerk-sync/adapter-drizzle']),
  })
  expect(read(cwd, 'app/api/webhooks/clerk/route.ts')).toContain("from '../../../../lib/clerk-sync'")
  expect(read(cwd, '.env.local')).toMatch(/^CLERK_WEBHOOK_SIGNING_SECRET=$/m)
  const [secret = ''] = /whsec_\S+$/m.exec(read(cwd, '.env.local')) ?? []
  expect(() =>
    createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }), signingSecret: secret }),
  ).not.toThrow()
  expect(ended.stdout + ended.stderr).not.toContain(secret)
  const before = filesOf(cwd)
  const again = await clerkSync(['init', '--yes', '--json'], { cwd })
  expect(jsonOf(again)).toMatchObject({ ok: true, written: [], planned: [], kept: [] })
  expect(filesOf(cwd)).toEqual(before)
})

test.each([
  ['--dry-run', ['--dry-run'], 0],
  ['no terminal to ask on', [], 2],
])('nothing is written with %s; the diff is shown', async (_, args, code) => {
  const cwd = applicationWith({ ...NEXT, '.env.local': 'DATABASE_URL=postgres://ada:hushhush@db/app\n' })
  const before = filesOf(cwd)
  const ended = await clerkSync(['init', ...args], { cwd })
  expect(ended.code).toBe(code)
  expect(ended.stdout).toContain('lib/clerk-sync.ts (new)\n  + import { drizzleAdapter }')
  expect(ended.stdout).toContain('  + CLERK_WEBHOOK_SIGNING_SECRET=')
  expect(ended.stdout).not.toContain('hushhush')
  expect(filesOf(cwd)).toEqual(before)
})

test('a file that is there and differs stays, unless --overwrite says so', async () => {
  const cwd = applicationWith({ ...NEXT, 'lib/clerk-sync.ts': 'export const mine = 1\n' })
  const ended = await clerkSync(['init', '--yes'], { cwd })
  expect(ended.stdout).toContain('lib/clerk-sync.ts is there and stays as it is')
  expect(read(cwd, 'lib/clerk-sync.ts')).toBe('export const mine = 1\n')
  await clerkSync(['init', '--yes', '--overwrite'], { cwd })
  expect(read(cwd, 'lib/clerk-sync.ts')).toContain('createClerkSync')
})

test('an Express server gets the route before its body parser, and all else of the file stays', async () => {
  const cwd = applicationWith({ 'package.json': manifest('express', 'kysely', 'mysql2'), 'src/server.ts': SERVER })
  await clerkSync(['init', '--yes'], { cwd })
  const text = read(cwd, 'src/server.ts')
  expect(text.indexOf("app.post('/api/webhooks/clerk', toNodeHandler(clerkSync))")).toBeGreaterThan(0)
  expect(text.indexOf('/api/webhooks/clerk')).toBeLessThan(text.indexOf('app.use(express.json())'))
  const without = text
    .split('\n')
    .filter((line) => !/clerk|Before express/i.test(line))
    .join('\n')
  expect(without.replaceAll('\n\n\n', '\n\n')).toBe(SERVER)
})

test("another library's handler is not taken for the route", async () => {
  const auth = "import { toNodeHandler } from 'better-auth/node'\nexport const handler = toNodeHandler(auth)\n"
  const files = {
    'package.json': manifest('express', 'drizzle-orm', 'pg'),
    'src/auth.ts': auth,
    'src/server.ts': SERVER,
  }
  const cwd = applicationWith(files)
  await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, 'src/server.ts')).toContain("app.post('/api/webhooks/clerk', toNodeHandler(clerkSync))")
})

test('where the server cannot be seen, what to add is said', async () => {
  const cwd = applicationWith({ 'package.json': manifest('fastify', 'kysely', 'pg') })
  const { stdout, code } = await clerkSync(['init', '--yes'], { cwd })
  expect(stdout).toContain("app.register(fastifyClerkSync, { clerkSync, path: '/api/webhooks/clerk' })")
  expect(code).toBe(0)
})

const PROXY = `import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server'

const isPublicRoute = createRouteMatcher([
  '/sign-in(.*)', // the page
  '/sign-up(.*)',
])

export default clerkMiddleware(async (auth, request) => {
  if (!isPublicRoute(request)) await auth.protect()
})
`

test("the route is put on the middleware's list of public ones, once", async () => {
  const cwd = applicationWith({ ...NEXT, 'proxy.ts': PROXY })
  await clerkSync(['init', '--yes'], { cwd })
  await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, 'proxy.ts')).toBe(PROXY.replace("'/sign-up(.*)',", "'/sign-up(.*)',\n  '/api/webhooks(.*)',"))
})

test.each([
  ['protects nothing', 'export default clerkMiddleware()', ''],
  [
    'protects a list of others',
    "const isProtected = createRouteMatcher(['/admin(.*)'])\nexport default clerkMiddleware()",
    '',
  ],
  [
    'protects everything',
    'export default clerkMiddleware((auth) => auth.protect())',
    "public in proxy.ts: the signature is its protection. Before it protects: if (req.nextUrl.pathname.startsWith('/api/webhooks/')) return",
  ],
])('a middleware that %s stays as it is', async (_, text, step) => {
  const cwd = applicationWith({ ...NEXT, 'proxy.ts': text })
  const { stdout } = await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, 'proxy.ts')).toBe(text)
  expect(stdout).toContain(step || 'Left to do')
  expect(stdout.includes('Make /api/webhooks/clerk public')).toBe(step !== '')
})

test('a Prisma schema that is there gets the models that it lacks, and its own client is imported', async () => {
  const schema = `generator client {
  provider = "prisma-client"
  output   = "../src/db/client"
}

datasource db {
  provider = "mysql"
}

model User {
  id String @id
}
`
  const cwd = applicationWith({
    'package.json': manifest('express', '@prisma/client'),
    'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" } }',
    'prisma/schema.prisma': schema,
  })
  const tables = ['--tables', 'users', 'organizations']
  const ended = await clerkSync(['init', '--yes', '--json', ...tables], { cwd })
  expect(jsonOf(ended)).toMatchObject({ database: 'mysql', tables: ['users', 'organizations'] })
  const written = read(cwd, 'prisma/schema.prisma')
  expect(written.startsWith(schema)).toBe(true)
  expect(written.match(/^model \w+/gm)).toEqual(['model User', 'model Organization', 'model ClerkEvent'])
  expect(written).toMatch(/^ {2}imageUrl .*String\? +@db\.Text$/m)
  expect(read(cwd, 'src/clerk-sync.ts')).toContain("import { PrismaClient } from './db/client/client.js'")
})

const ELSEWHERE = `generator client {
  provider = "prisma-client"
  output   = "../generated"
}
`

test.each([
  [
    'package.json',
    { 'package.json': manifest('express', 'pg').replace('{', '{ "prisma": { "schema": "./db/main.prisma" },') },
    'db/main.prisma',
    '../generated/client.ts',
  ],
  ['a folder', {}, 'prisma/schema/base.prisma', '../prisma/generated/client.ts'],
  [
    'the settings',
    { 'prisma.config.ts': "export default { schema: path.join('data', 'all') }" },
    'data/all/main.prisma',
    '../data/generated/client.ts',
  ],
  [
    'settings that cannot be read',
    { 'prisma.config.ts': 'export default { schema: SCHEMA }' },
    'data/main.prisma',
    '@prisma/client',
  ],
])(
  'a Prisma schema elsewhere stays the schema of the project, and what to add is said: %s',
  async (_, given, path, client) => {
    const files = { 'package.json': manifest('express', 'pg'), ...given, [path]: ELSEWHERE }
    const cwd = applicationWith(files)
    const ended = await clerkSync(['init', '--yes', '--json', '--orm', 'prisma'], { cwd })
    const written = jsonOf(ended).written as string[]
    expect(written.filter((file) => /prisma/.test(file))).toEqual([])
    expect(String(jsonOf(ended).todo)).toMatch(
      /Add to your schema, .*:\n\n {5}model User \{\n(.*\n)+ {5}model ClerkEvent \{/,
    )
    expect(read(cwd, 'src/clerk-sync.ts')).toContain(`from '${client}'`)
  },
)

test('models that a schema elsewhere has are not said again', async () => {
  const models = 'model User {\n  id String @id\n  clerkVersion String\n}\nmodel ClerkEvent {\n}\n'
  const files = { 'package.json': manifest('express', 'pg'), 'prisma/schema/users/user.prisma': models }
  const { stdout } = await clerkSync(['init', '--yes', '--orm', 'prisma'], { cwd: applicationWith(files) })
  expect(stdout).not.toContain('Add to your schema')
})

const OWN_MODEL = `model User {
  id    Int     @id @default(autoincrement())
  email String  @unique
  flags Json    @default("{}")
}
`
const OWN_TABLE = "export const users = pgTable('users', { id: serial().primaryKey(), email: text() })\n"

test.each([
  [
    'prisma',
    'prisma/schema.prisma',
    OWN_MODEL,
    /prisma\/schema\.prisma has a model User of yours: give it\n\n {7}clerkId {6}String\? {3}@unique\n {7}clerkVersion .*\n {7}deletedAt {4}DateTime\?\n\n(.*\n)* {5}Linking needs .*: update "User" set "emailVerified" = true where …\n/,
  ],
  [
    'drizzle',
    'src/db/schema.ts',
    OWN_TABLE,
    /src\/db\/schema\.ts has a table users of yours: give it clerkId.*\n {5}Linking needs .*: update users set email_verified = true where …\n/,
  ],
])('a table of users that is there is seen, and is to be linked: %s', async (orm, path, text, step) => {
  const files = { 'package.json': manifest('express', 'pg'), 'package-lock.json': '{}', [path]: text }
  const { stdout } = await clerkSync(['init', '--yes', '--orm', orm], { cwd: applicationWith(files) })
  expect(stdout).toMatch(step)
  expect(stdout).toMatch(/: npx clerk-sync backfill --link-by email --link-proven COLUMN --dry-run/)
})

test('the Drizzle settings name the tables of the application too', async () => {
  const files = {
    'package.json': manifest('express', 'drizzle-orm', 'pg'),
    'src/db/schema.ts': OWN_TABLE.replaceAll('users', 'posts'),
  }
  const cwd = applicationWith(files)
  await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, 'drizzle.config.ts')).toContain("schema: ['./src/db/schema.ts', './src/clerk-schema.ts'],")
})

const SYNCED = "export const users = pgTable('users', { id: serial(), clerkId: clerkId(), ...syncColumns() })\n"
const NEW = SYNCED.replace('id: serial(), clerkId', 'id')

test.each([
  ['another table is synced', `${OWN_TABLE}${SYNCED.replaceAll('users', 'members')}`, '', true, true],
  ['it is synced', SYNCED, '', false, true],
  ['it is synced, and new', NEW, '', false, false],
  [
    'its versions are beside it',
    OWN_TABLE,
    'export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, versions: clerkVersions }) })',
    false,
    true,
  ],
])('a Drizzle table of users needs something, where %s', async (_, schema, module, isToDo, isLinked) => {
  const files = { 'package.json': manifest('express', 'pg', 'drizzle-orm'), 'src/schema.ts': schema }
  const cwd = applicationWith({ ...files, ...(module ? { 'src/clerk-sync.ts': module } : {}) })
  const { stdout } = await clerkSync(['init', '--yes'], { cwd })
  expect(stdout.includes('has a table users of yours')).toBe(isToDo)
  expect(stdout.includes('Give your users their Clerk ids')).toBe(isToDo)
  expect(stdout.includes('--link-by email')).toBe(isLinked)
})

test.each([
  ['what init itself wrote', 'model User {\n  id String @id\n  clerkVersion String\n}\n', false],
  [
    'one that has what it needs',
    'model User {\n  id Int @id\n  flags Json @default("{}")\n  clerkId String?\n  clerkVersion String\n  deletedAt DateTime?\n}\n',
    true,
  ],
])('nothing is to be added to %s', async (_, schema, isLinked) => {
  const files = { 'package.json': manifest('express', 'pg'), 'prisma/schema.prisma': schema }
  const { stdout } = await clerkSync(['init', '--yes', '--orm', 'prisma'], { cwd: applicationWith(files) })
  expect(stdout).not.toContain('of yours')
  expect(stdout).not.toContain('Give your users')
  expect(stdout.includes('--link-by email')).toBe(isLinked)
})

test.each([
  [
    'prisma',
    'src/lib/prisma.ts',
    'export const prisma = globalThis.prisma ?? new PrismaClient()\n',
    "import { prisma } from './lib/prisma'",
  ],
  ['drizzle', 'src/db/index.ts', 'export const database = drizzle(pool)\n', "import { database } from './db/index'"],
])('the client that the application makes is used: %s', async (orm, path, text, line) => {
  const files = { 'package.json': manifest('express', 'pg'), 'tsconfig.json': '{}', [path]: text }
  const cwd = applicationWith(files)
  const ended = await clerkSync(['init', '--yes', '--json', '--orm', orm], { cwd })
  const module = read(cwd, 'src/clerk-sync.ts')
  expect(module).toContain(line)
  expect(module).toMatch(/Adapter\((prisma|database), \{/)
  expect(module).not.toMatch(/new Pool|PrismaPg/)
  expect(String(jsonOf(ended).todo)).not.toContain('@prisma/adapter-pg')
})

test.each([
  ["'./routes.js'", './clerk-sync.js'],
  ["'./routes.ts'", './clerk-sync.ts'],
  ["'./routes'", './clerk-sync'],
  ["'./app.module'", './clerk-sync'],
  ["'../package.json' with { type: 'json' }\nimport { more } from './more.js'", './clerk-sync.js'],
  ["'./style.css'", './clerk-sync.ts'],
])("imports end as the project's own do: %s", async (own, ours) => {
  const server = `import { routes } from ${own}\n${SERVER}`
  const cwd = applicationWith({ 'package.json': manifest('express', 'kysely', 'pg'), 'src/server.ts': server })
  await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, 'src/server.ts')).toContain(`import { clerkSync } from '${ours}'`)
})

test('a name that a .env file has is not written again', async () => {
  const cwd = applicationWith({
    ...NEXT,
    '.env': 'CLERK_WEBHOOK_SIGNING_SECRET=whsec_abc\nCLERK_SECRET_KEY=\nDATABASE_URL=x',
  })
  await clerkSync(['init', '--yes'], { cwd })
  expect(existsSync(join(cwd, '.env.local'))).toBe(false)
  expect(read(cwd, '.env')).toBe('CLERK_WEBHOOK_SIGNING_SECRET=whsec_abc\nCLERK_SECRET_KEY=\nDATABASE_URL=x')
  writeFileSync(join(cwd, '.env'), 'DATABASE_URL=x')
  await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, '.env')).toMatch(/^DATABASE_URL=x\n#.*\nCLERK_WEBHOOK_SIGNING_SECRET=\n#.*\nCLERK_SECRET_KEY=\n$/)
})

const CLIENT = "export const db = drizzle(process.env.OWN_URL ?? 'dev.db')\n"
const KYSELY = 'export const db = new Kysely<Tables>({ dialect })\n'
const PRISMA_6 = 'datasource db {\n  provider = "sqlite"\n  url = "file:dev.db"\n}\n'

test.each([
  ['drizzle', 'src/db.ts', CLIENT, false],
  ['drizzle', 'drizzle.config.ts', 'export default {}', true],
  ['prisma', 'prisma.config.ts', 'export default { datasource: {} }', true],
  ['prisma', 'prisma/schema.prisma', PRISMA_6, true],
  ['kysely', 'src/db.ts', KYSELY, true],
])('a database that the application opens is not named anew: %s, %s', async (orm, path, text, isSecond) => {
  const files = { 'package.json': manifest('express', 'better-sqlite3'), [path]: text }
  const cwd = applicationWith(files)
  const { stdout } = await clerkSync(['init', '--yes', '--orm', orm], { cwd })
  expect(read(cwd, '.env')).toMatch(/^CLERK_SECRET_KEY=$/m)
  expect(read(cwd, '.env')).not.toContain('DATABASE_URL')
  expect(stdout.includes('src/clerk-sync.ts opens DATABASE_URL, which no .env file has')).toBe(isSecond)
})

test('what .env.development has is not hidden by an empty line of a stronger file', async () => {
  const development = 'CLERK_SECRET_KEY=sk_test_1\nDATABASE_URL=postgres://db/app\n'
  const cwd = applicationWith({ ...NEXT, '.env.development': development })
  await clerkSync(['init', '--yes'], { cwd })
  expect(read(cwd, '.env.local')).toMatch(/^#.*\nCLERK_WEBHOOK_SIGNING_SECRET=\n$/)
})

test('hooks find their ledger, unless it is left out', async () => {
  const ledger = (cwd: string) =>
    ['lib/clerk-schema.ts', 'lib/clerk-sync.ts'].map((path) => /events/i.test(read(cwd, path).replace(/\/\/.*/g, '')))
  const cwd = applicationWith(NEXT)
  await clerkSync(['init', '--yes'], { cwd })
  expect(ledger(cwd)).toEqual([true, true])
  const again = await clerkSync(['init', '--yes', '--dry-run'], { cwd })
  expect(again.stdout).toMatch(/for each new user, .*'user\.created'.* in lib\/clerk-sync\.ts: /)
  const without = applicationWith(NEXT)
  const ended = await clerkSync(['init', '--yes', '--no-ledger'], { cwd: without })
  expect(ended.stdout).not.toContain('for each new user')
  expect(ledger(without)).toEqual([false, false])
})

test.each([
  [
    'drizzle-orm',
    'drizzle.config.js',
    "export default { schema: './db/schema.js' }",
    'Name src/clerk-schema.ts in the schema of drizzle.config.js.',
  ],
  ['drizzle-orm', 'drizzle.config.ts', "export default { schema: './src/clerk-schema.ts' }", ''],
  ['prisma', 'prisma.config.ts', 'export default {}', 'Name the database in prisma.config.ts: datasource: '],
  ['prisma', 'prisma.config.ts', 'export default { datasource: {} }', ''],
])('settings of %s in %s stay as they are, and what they lack is said', async (orm, path, text, step) => {
  const cwd = applicationWith({ 'package.json': manifest('express', orm, 'better-sqlite3'), [path]: text })
  const { stdout } = await clerkSync(['init', '--yes', '--overwrite', '--orm', orm.replace('-orm', '')], { cwd })
  expect(read(cwd, path)).toBe(text)
  expect(Object.keys(filesOf(cwd)).filter((file) => file.includes('.config.'))).toEqual([join(cwd, path)])
  expect(stdout).toContain(step)
  expect(/Name .* in/.test(stdout)).toBe(step !== '')
})

test.each([
  ['there is none', undefined, '.env.local\n'],
  ['it has other files', '*.db\n.env\n.env*\n!.env.local', '*.db\n.env\n.env*\n!.env.local\n.env.local\n'],
  ['it covers the file', 'node_modules/\n/.env*.local\n', undefined],
])('the file with the secrets is kept out of Git: .gitignore, where %s', async (_, before, after) => {
  const cwd = applicationWith({ ...NEXT, ...(before === undefined ? {} : { '.gitignore': before }) })
  const ended = await clerkSync(['init', '--yes', '--json'], { cwd })
  expect(read(cwd, '.gitignore')).toBe(after ?? before)
  expect((jsonOf(ended).written as string[]).includes('.gitignore')).toBe(after !== undefined)
})

test.each([
  ['a name', '.env*\n', undefined, undefined],
  ['a path', '/apps/*/.env.local\n', undefined, undefined],
  ['any depth', '**/.env.local\n', undefined, undefined],
  ['a name of its own folder', '/.env.local\n', undefined, '.env.local\n'],
  ['a name that the nearer one lets in', '.env*\n', '!.env.local\n', '!.env.local\n.env.local\n'],
])('a .gitignore above, in the same repository, counts as for Git: %s', async (_, above, before, after) => {
  const folder = applicationWith({
    '.git/HEAD': '',
    '.gitignore': above,
    'apps/web/package.json': NEXT['package.json'],
    ...(before === undefined ? {} : { 'apps/web/.gitignore': before }),
  })
  const cwd = join(folder, 'apps/web')
  await clerkSync(['init', '--yes'], { cwd })
  expect(existsSync(join(cwd, '.env.local'))).toBe(true)
  expect(existsSync(join(cwd, '.gitignore'))).toBe(after !== undefined)
  if (after !== undefined) expect(read(cwd, '.gitignore')).toBe(after)
})

const LOADING = 'In the scripts of package.json: '

test.each([
  ['express', ['express', 'kysely', 'pg'], `${LOADING}node --env-file-if-exists=.env src/server.ts`],
  [
    'nestjs',
    ['@nestjs/core', 'kysely', 'pg'],
    `${LOADING}nest start --env-file .env, and node --env-file-if-exists=.env dist/main.js`,
  ],
  ['nextjs, which reads it', ['next', 'kysely', 'pg'], ''],
  ['express with dotenv', ['express', 'dotenv', 'kysely', 'pg'], ''],
])('how the server gets the settings is said: %s', async (_, names, step) => {
  const cwd = applicationWith({ 'package.json': manifest(...names), 'src/server.ts': SERVER, '.env.local': '' })
  const { stdout } = await clerkSync(['init', '--yes'], { cwd })
  expect(stdout).toContain(step)
  expect(stdout.includes(LOADING)).toBe(step !== '')
  // The file of a framework that reads .env alone is that, whatever else is there.
  expect(existsSync(join(cwd, '.env'))).toBe(!names.includes('next'))
})

test.each([
  ['a framework that cannot be seen', { 'package.json': manifest('kysely', 'pg') }, [], '--framework nextjs|'],
  ['two ORMs', { 'package.json': manifest('next', 'kysely', 'drizzle-orm', 'pg') }, [], '--orm drizzle|prisma|kysely'],
  ['no database', { 'package.json': manifest('next', 'kysely') }, [], '--database postgres|mysql|sqlite'],
  ['a framework that is not known', NEXT, ['--framework', 'rails'], 'Allowed choices are nextjs, '],
  ['a package.json that is none', { 'package.json': '{' }, [], 'is not JSON'],
])('exit code 2 for %s, and what to say', async (_, files, args, message) => {
  const { code, stderr } = await clerkSync(['init', '--yes', ...args], { cwd: applicationWith(files) })
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

const SKILL = readFileSync(join(import.meta.dirname, '../../../skills/syncing-users/SKILL.md'), 'utf8')

test.each([
  ['.claude', { 'CLAUDE.md': '' }],
  ['.claude', { '.claude/settings.json': '{}' }],
  ['.agents', {}],
])('--skill copies the skill for coding agents to %s, once', async (place, files) => {
  const cwd = applicationWith({ ...NEXT, ...files })
  await clerkSync(['init', '--yes', '--skill'], { cwd })
  const path = `${place}/skills/syncing-users/SKILL.md`
  expect(read(cwd, path)).toBe(SKILL)
  const again = await clerkSync(['init', '--yes', '--skill', '--json'], { cwd })
  expect(jsonOf(again)).toMatchObject({ written: [], kept: [] })
  writeFileSync(join(cwd, path), 'mine')
  const kept = await clerkSync(['init', '--yes', '--skill', '--json'], { cwd })
  expect(jsonOf(kept)).toMatchObject({ written: [], kept: [path] })
  expect(read(cwd, path)).toBe('mine')
})

test.each([['--yes'], ['--yes', '--no-skill']])('no skill is copied that nobody asked for: %s', async (...args) => {
  const cwd = applicationWith(NEXT)
  await clerkSync(['init', ...args], { cwd })
  expect(Object.keys(filesOf(cwd)).filter((path) => path.includes('skill'))).toEqual([])
})
