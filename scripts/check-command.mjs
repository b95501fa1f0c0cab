// The command in a new application: node scripts/check-command.mjs   (after `packages` has packed it)
//
// As a new user has it: installed by npm from the packed packages, in a folder that knows nothing of this repository. Only
// better-sqlite3 is borrowed, since npm would build it.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { root } from './tools.mjs'

const NAME = 'clerk-sync'
const PACKED = ['core', 'adapter-drizzle', 'testing', 'cli']
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const SERVER = `import express from 'express'

const app = express()
app.use(express.json())
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
/** What drizzle-kit makes of the schema that `init` writes. */
const TABLES = `create table users (id text primary key, email text, first_name text, last_name text, image_url text,
  clerk_version text not null default '0', deleted_at integer);
  create table clerk_events (id text primary key, type text not null, entity_id text not null,
    occurred_at integer not null, processed_at integer not null)`
const USERS = 7
const windows = process.platform === 'win32'

const cwd = mkdtempSync(join(tmpdir(), 'clerk-sync-'))
/** @type {Record<string, string>} */
let env = {}
/** @type {(() => unknown)[]} */
const ends = [() => rmSync(cwd, { recursive: true, force: true })]
try {
  await tryIt()
  console.log(`init, backfill, doctor, reconcile and prune, from ${PACKED.length} packed packages`)
} finally {
  for (const end of ends.reverse()) await end()
}

async function tryIt() {
  installPackages()
  writeFileSync(join(cwd, 'server.ts'), SERVER)
  const { written } = await command('init', '--yes')
  const own = ['src/clerk-schema.ts', 'drizzle.config.ts', 'src/clerk-sync.ts']
  assert.deepEqual(written, [...own, 'server.ts', '.env', '.gitignore'])

  const file = join(cwd, 'app.db')
  const database = new DatabaseSync(file, { timeout: 10_000 })
  ends.push(() => database.close())
  database.exec(TABLES)
  const testing = join(cwd, 'node_modules/@clerk-sync/testing/dist/index.js')
  /** @type {import('../packages/testing/src/index.ts')} */
  const { startClerkApi } = await import(pathToFileURL(testing).href)
  const api = await startClerkApi({ users: USERS })
  ends.push(() => api.close())
  env = {
    DATABASE_URL: file,
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
    CLERK_SECRET_KEY: api.secretKey,
    CLERK_API_URL: api.url,
  }
  const url = await startServer()

  const { counts } = await command('backfill')
  assert.equal(counts.user.created, USERS)
  assert.equal((await command('doctor', '--url', url)).errors, 0)
  assert.deepEqual((await command('reconcile', '--dry-run')).drifts, [])
  const { outcomes } = await command('trigger', 'user.created', '--repeat', '2', '--duplicate', '--url', url)
  assert.deepEqual(outcomes, { created: 2, unchanged: 2 })
  const rows = () => database.prepare('select id from users order by id').all().length
  assert.equal(rows(), USERS + 2)
  database.exec(`update users set deleted_at = ${Date.now() - 365 * 86_400_000} where id = (select min(id) from users)`)
  assert.deepEqual((await command('prune', '--deleted-rows', 'users')).tombstones, { user: 1 })
  assert.equal(rows(), USERS + 1)
}

function installPackages() {
  const archives = globSync(`clerk-sync-{${PACKED}}-[0-9]*.tgz`, { cwd: join(root, '.cache/packed') })
  assert.equal(archives.length, PACKED.length, 'Not all is packed: run npm test, or the step `packages` first.')
  const { dependencies } = manifestOf('examples/express')
  const { devDependencies } = manifestOf('packages/adapter-drizzle')
  const own = {
    express: dependencies.express,
    'drizzle-orm': dependencies['drizzle-orm'],
    'better-sqlite3': devDependencies['better-sqlite3'],
    ...Object.fromEntries(
      archives.map((file) => [
        file.replace(/^clerk-sync-(.*?)-\d.*$/, '@clerk-sync/$1'),
        pathToFileURL(join(root, '.cache/packed', file)).href,
      ]),
    ),
  }
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: own }))
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    // npm is a batch file on Windows, which only a shell runs.
    { cwd, encoding: 'utf8', shell: windows },
  )
  assert.equal(status, 0, `npm could not install the packed packages:\n${stdout}${stderr}`)
  const built = join(cwd, 'node_modules/better-sqlite3')
  rmSync(built, { recursive: true })
  symlinkSync(join(root, 'packages/adapter-drizzle/node_modules/better-sqlite3'), built, 'junction')
}

/** @param {string} folder */
function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/** Runs a command, which must succeed. @param {string[]} args @returns {Promise<any>} what it says as JSON */
async function command(...args) {
  const child = spawn('npx', ['--no-install', NAME, ...args, '--json'], {
    cwd,
    env: { ...process.env, ...env, NO_COLOR: '1' },
    shell: windows,
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  child.stdin.end()
  const [code] = await once(child, 'close')
  assert.equal(code, 0, `clerk-sync ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

/** @returns {Promise<string>} the address of the route */
async function startServer() {
  const child = spawn(process.execPath, ['server.ts'], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ends.push(async () => {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  })
  const [port] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'close').then(([code]) => assert.fail(`The server ended with ${code}.`)),
  ])
  return `http://127.0.0.1:${String(port).trim()}/api/webhooks/clerk`
}
