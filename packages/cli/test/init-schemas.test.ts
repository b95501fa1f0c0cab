// The ways in which applications write their tables, and what init makes of them.
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf } from './support/command.ts'

const manifest = (...names: string[]) =>
  JSON.stringify({ type: 'module', dependencies: Object.fromEntries(names.map((name) => [name, '*'])) })

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8')

async function init(orm: string, files: Readonly<Record<string, string>>, ...args: string[]) {
  const cwd = applicationWith({ 'package.json': manifest('express', 'pg'), 'package-lock.json': '{}', ...files })
  const ended = await clerkSync(['init', '--yes', '--json', '--orm', orm, ...args], { cwd })
  expect(ended.stderr).toBe(ended.code === 0 ? ended.stderr : '')
  const { todo, written } = jsonOf(ended) as { todo: string[]; written: string[] }
  return { cwd, todo: todo.join('\n'), written }
}

const KYSELY = `import type { ColumnType, Generated } from 'kysely'
export interface Database { users: UserTable }
export interface UserTable {
  id: Generated<number>
  email: string
}
`
const UP = "import type { Kysely } from 'kysely'\nexport async function up(db: Kysely<unknown>) {}\n"

test.each([
  ['numbers', ['db/migrations/0001_users.ts', 'db/migrations/0009_posts.ts'], 'db/migrations/0010_clerk_sync.ts'],
  ['times', ['src/migrations/1732800000000_users.ts'], 'src/migrations/1732800000001_clerk_sync.ts'],
  ['dates', ['migrations/2024-11-30_users.ts'], 'migrations/2024-11-30_users_clerk_sync.ts'],
  ['numbers that are full', ['migrations/9_users.ts'], 'migrations/9_users_clerk_sync.ts'],
  ['words', ['migrations/users.ts'], 'migrations/users_clerk_sync.ts'],
])("Kysely's migration comes after those that are there: %s", async (_, paths, ours) => {
  const files = { 'src/db.ts': KYSELY, ...Object.fromEntries(paths.map((path) => [path, UP])) }
  const { cwd, todo, written } = await init('kysely', files)
  expect(written).toContain(ours)
  const names = readdirSync(join(cwd, ours, '..')).map((name) => name.replace('.ts', ''))
  // As Kysely sorts them.
  const last = names.sort((a, b) => a.localeCompare(b)).at(-1)
  expect(ours.endsWith(`/${last}.ts`)).toBe(true)
  expect(todo).toContain(`Run the migration ${ours} with`)
  const again = await clerkSync(['init', '--yes', '--json', '--orm', 'kysely'], { cwd })
  expect(jsonOf(again)).toMatchObject({ written: [], kept: [] })
})

test("where no migration of the application's can be seen, the name that Kysely's must have is said", async () => {
  const { todo } = await init('kysely', { 'src/db.ts': KYSELY })
  expect(todo).toContain('It alters users: its name must come after')
})

test.each([
  ['the Clerk id', 'clerk_id: string | null', false, true],
  ['the sync columns', 'clerk_id: string | null\n  clerk_version: string\n  deleted_at: Date | null', false, false],
])("Kysely's migration neither adds nor drops what a table has: %s", async (_, columns, addsKey, addsSync) => {
  const { cwd } = await init('kysely', { 'src/db.ts': KYSELY.replace('email:', `${columns}\n  email:`) })
  const migration = read(cwd, 'migrations/0001_clerk_sync.ts')
  expect(/addColumn\('clerk_id'|dropColumn\('clerk_id'/.test(migration)).toBe(addsKey)
  expect(/syncColumnsMigration/.test(migration)).toBe(addsSync)
  expect(migration).not.toContain('clerkId')
})

test('where a table with Kysely lacks nothing, and no ledger is wanted, there is no migration', async () => {
  const columns = 'clerk_id: string\n  clerk_version: string\n  deleted_at: Date | null\n  email:'
  const { cwd, todo } = await init('kysely', { 'src/db.ts': KYSELY.replace('email:', columns) }, '--no-ledger')
  expect(existsSync(join(cwd, 'migrations'))).toBe(false)
  expect(todo).not.toContain('migration')
})

test.each([
  ['braces inside', KYSELY.replace('email:', 'settings: ColumnType<{ a: string }, string, string>\n  email:')],
  ['a type', KYSELY.replace('interface Database { users: UserTable }', 'type Database = { users: UserTable; a: {} }')],
  ['a comment before it', `// export interface Database { users: { mail: string } }\n${KYSELY}`],
  ['one that is not exported before it', `interface Old { users: { mail: string } }\n${KYSELY}`],
  ['quoted names', KYSELY.replace('users:', '"users":').replace('email:', "'email':")],
])('the columns of an interface of Kysely are seen: %s', async (_, text) => {
  const { cwd } = await init('kysely', { 'src/db.ts': text })
  const module = read(cwd, 'src/clerk-sync.ts')
  expect(module).toContain("table: 'users', key: 'clerk_id', columns: ['email']")
  expect(module).toContain('email: record.email ??')
  expect(read(cwd, 'src/clerk-database.ts')).toContain('Database as OwnDatabase')
})

test("a column with Kysely keeps the application's spelling", async () => {
  const { cwd } = await init('kysely', { 'src/db.ts': KYSELY.replace('email:', 'avatarUrl: string | null\n  email:') })
  expect(read(cwd, 'src/clerk-sync.ts')).toContain("columns: ['avatarUrl', 'email']")
})

test.each([
  ['as prisma db pull writes it', 'model users {\n  id Int @id\n  email String @unique\n}\n', 'users'],
  ['mapped to it', 'model Person {\n  id Int @id\n  email String @unique\n\n  @@map("users")\n}\n', 'person'],
])('a model of the table users is seen, and not written twice: %s', async (_, schema, delegate) => {
  const { cwd, todo } = await init('prisma', { 'prisma/schema.prisma': schema })
  expect(read(cwd, 'prisma/schema.prisma').match(/^model \w+/gm)).toHaveLength(2)
  expect(read(cwd, 'src/clerk-sync.ts')).toContain(`users: '${delegate}'`)
  expect(todo.toLowerCase()).toContain(`has a model ${delegate} of yours: give it`)
})

const SERVER = "import express from 'express'\n\nconst app = express()\n"

test('a script that receives a delivery by hand is not taken for the route', async () => {
  const script = "import { clerkSync } from '../src/clerk-sync'\nawait Promise.all([clerkSync.receive(request)])\n"
  const { written } = await init('drizzle', { 'src/server.ts': SERVER, 'scripts/again.ts': script })
  expect(written).toContain('src/server.ts')
})

test('a server that requires its modules gets no imports: what to add is said', async () => {
  const server = "const express = require('express')\nconst app = express()\n"
  const { cwd, todo } = await init('drizzle', { 'src/server.js': server })
  expect(read(cwd, 'src/server.js')).toBe(server)
  expect(todo).toContain('Register the route where your server is made')
})

test('a file with a syntax error is named', async () => {
  const cwd = applicationWith({ 'package.json': manifest('express', 'pg'), 'src/server.ts': `${SERVER}const = 1\n` })
  const { code, stderr } = await clerkSync(['init', '--yes', '--orm', 'drizzle'], { cwd })
  expect(stderr).toContain('src/server.ts cannot be read: ')
  expect(code).toBe(2)
})

const FROM = "import { pgTable, pgSchema, serial, text } from 'drizzle-orm/pg-core'\n"
const COLUMNS = 'id: serial().primaryKey(), email: text().notNull(), avatarUrl: text()'

test.each([
  ['of another name', `export const usersTable = pgTable('users', { ${COLUMNS} })`, 'usersTable as users'],
  ['exported below', `const people = pgTable('users', { ${COLUMNS} })\nexport { people }`, 'people as users'],
  ['in a schema', `const app = pgSchema('app')\nexport const users = app.table('users', { ${COLUMNS} })`, 'users'],
  [
    'by a function',
    `export const users = pgTable('users', (t) => ({ ${COLUMNS.replaceAll(/: (\w+\()/g, ': t.$1')} }))`,
    'users',
  ],
  ['a member', `export const users = pg.pgTable('users', { ${COLUMNS} })`, 'users'],
  ['quoted names', `export const users = pgTable('users', { ${COLUMNS.replaceAll(/(\w+):/g, "'$1':")} })`, 'users'],
  ['a spread', `const all = { ${COLUMNS} }\nexport const users = pgTable('users', { ...all })`, 'users'],
])('a table of users with Drizzle is seen with its columns: %s', async (_, table, imported) => {
  const { cwd, todo } = await init('drizzle', { 'src/schema.ts': `${FROM}${table}\n` })
  expect(read(cwd, 'src/clerk-sync.ts')).toContain(`import { ${imported} } from './schema.ts'`)
  expect(read(cwd, 'src/clerk-sync.ts')).toMatch(/email: record\.email \?\? .*avatarUrl: record\.imageUrl/s)
  expect(read(cwd, 'src/clerk-schema.ts')).not.toContain("'users'")
  expect(todo).toContain('src/schema.ts has a table users of yours: give it clerkId')
})

test('a table with Drizzle in JavaScript is imported by its own ending', async () => {
  const text = `const users = mysqlTable('users', { ${COLUMNS} })\nmodule.exports = { users }\n`
  const { cwd } = await init('drizzle', { 'src/schema.cjs': text })
  expect(read(cwd, 'src/clerk-sync.ts')).toContain("import { users } from './schema.cjs'")
})

test('of columns that cannot be read nothing is concluded', async () => {
  const text = `${FROM}export const users = pgTable('users', { id: serial(), ...more() })\nconst other = { clerkId: 1 }\n`
  const { todo } = await init('drizzle', { 'src/schema.ts': text })
  expect(todo).toContain('the columns could not be read: give createClerkSync a map')
  expect(todo).not.toMatch(/New rows come from|Linking needs/)
})

test.each([
  ['only a comment has', 'src/a.ts', `// export const users = pgTable('users', {})\n`, 'src/z.ts'],
  ["Drizzle's settings do not name", 'src/a.ts', `export const users = pgTable('users', {})\n`, 'src/z.ts'],
])('a table of users that %s is not the one', async (_, other, text, path) => {
  const { cwd } = await init('drizzle', {
    'drizzle.config.ts': `export default { dialect: 'postgresql', schema: './${path}' }`,
    [other]: text,
    [path]: `${FROM}export const users = pgTable('users', { ${COLUMNS} })\n`,
  })
  expect(read(cwd, 'src/clerk-sync.ts')).toContain("from './z.ts'")
})

test('a property clerk_id with Drizzle is to be renamed', async () => {
  const text = `${FROM}export const users = pgTable('users', { ${COLUMNS}, clerk_id: text() })\n`
  const { todo } = await init('drizzle', { 'src/schema.ts': text })
  expect(todo).toContain('rename it: clerkId: ')
})

test("the users of Supabase's own schema are not the application's", async () => {
  const text = `${FROM}const auth = pgSchema('auth')\nexport const authUsers = auth.table('users', { id: text() })\n`
  const { cwd } = await init('drizzle', { 'src/schema.ts': text })
  expect(read(cwd, 'src/clerk-schema.ts')).toContain("pgTable('users'")
})

test('users who all have their Clerk ids are not to be linked', async () => {
  const text = `${FROM}export const users = pgTable('users', { ${COLUMNS}, clerkId: text().notNull().unique() })\n`
  const { todo } = await init('drizzle', { 'src/schema.ts': text })
  expect(todo).toContain('give it ...syncColumns()')
  expect(todo).not.toMatch(/--link-by|Linking needs/)
  expect(todo).toContain('Fill the tables with what Clerk has')
})

test('a field clerk_id of Prisma is to be renamed', async () => {
  const schema = 'model users {\n  id Int @id\n  email String\n  clerk_id String? @unique\n}\n'
  const { todo } = await init('prisma', { 'prisma/schema.prisma': schema })
  expect(todo).toMatch(/clerkId +String\? +@unique @map\("clerk_id"\) \/\/ instead of clerk_id/)
})

test('a table of users that a package of the workspace has is said', async () => {
  const root = applicationWith({
    '.git/HEAD': '',
    'package-lock.json': '{}',
    'packages/db/package.json': manifest(),
    'packages/db/src/schema.ts': `${FROM}export const usersTable = pgTable('users', { ${COLUMNS} })\n`,
    'apps/web/package.json': manifest('express', 'pg', '@acme/db'),
    'node_modules/@acme/.keep': '',
  })
  symlinkSync(join(root, 'packages/db'), join(root, 'node_modules/@acme/db'))
  const ended = await clerkSync(['init', '--yes', '--json', '--orm', 'drizzle'], { cwd: join(root, 'apps/web') })
  expect(String(jsonOf(ended).todo)).toContain(
    '@acme/db seems to have the table users: usersTable in its src/schema.ts',
  )
})
