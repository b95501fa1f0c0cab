// Which module is loaded, with which settings, and what is said when it cannot be.
import { expect, test } from 'vitest'
import { applicationWith, MODULE } from './support/application.ts'
import { clerkSync, jsonOf, SECRET } from './support/command.ts'

/** Says what the module that was loaded saw of the environment. */
const SAYS = `${MODULE}\nconsole.error('seen', process.env.SEEN)\n`

test.each([
  ['Next.js', { next: '16' }, 'lib/clerk-sync.ts'],
  ['Next.js with src', { next: '16' }, 'src/lib/clerk-sync.ts'],
  ['Express', { express: '5' }, 'src/clerk-sync.ts'],
  ['Nuxt', { nuxt: '4' }, 'server/utils/clerk-sync.ts'],
  ['React Router', { '@react-router/dev': '7' }, 'app/clerk-sync.server.ts'],
  ['none that is known', {}, 'clerk-sync.mjs'],
])('the module is found where init puts it: %s', async (_, dependencies, file) => {
  const cwd = applicationWith({ 'package.json': JSON.stringify({ type: 'module', dependencies }), [file]: MODULE })
  const ended = await clerkSync(['doctor'], { cwd })
  expect(ended.stdout).toContain(`${file}: memory`)
  expect(ended.stdout).toContain('ok       tables: The tables fit.')
})

test('TypeScript, the paths of a tsconfig, top-level await and server-only are loaded as the framework would', async () => {
  const cwd = applicationWith({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } }, /* as many have */ }',
    'src/db.ts':
      "import 'server-only'\nenum Kind { user = 'email' }\nexport const column: string = await Promise.resolve(Kind.user)\n",
    'src/clerk-sync.ts': MODULE.replace('email: {}', '[column]: {}').replace(
      'import',
      "import { column } from '@/db'\nimport",
    ),
  })
  expect((await clerkSync(['doctor'], { cwd })).stdout).toContain('ok       tables: The tables fit.')
})

test.each([
  ['Next.js', { next: '16' }, 'lib/clerk-sync.ts', 'b'],
  ['Astro', { astro: '6' }, 'src/lib/clerk-sync.ts', 'c'],
  ['Express', { express: '5' }, 'src/clerk-sync.ts', 'a'],
])('.env files are read as %s reads them, and the environment is stronger', async (_, dependencies, file, seen) => {
  const cwd = applicationWith({
    'package.json': JSON.stringify({ type: 'module', dependencies }),
    [file]: SAYS,
    '.env': 'SEEN=a\n',
    '.env.local': 'SEEN=b\n',
    '.env.development': 'SEEN=c\n',
  })
  expect((await clerkSync(['doctor'], { cwd })).stderr).toContain(`seen ${seen}\n`)
  expect((await clerkSync(['doctor'], { cwd, env: { SEEN: 'set' } })).stderr).toContain('seen set\n')
})

test('values in .env files may name others', async () => {
  const cwd = applicationWith({
    'src/clerk-sync.ts': SAYS,
    '.env': `HOST=db\nSEEN="$HOST/\${NAME:-app}/\\$x"\n`,
  })
  expect((await clerkSync(['doctor'], { cwd })).stderr).toContain('seen db/app/$x\n')
})

test('--env and --module name others, from another folder', async () => {
  const cwd = applicationWith({
    'app/package.json': '{}',
    'app/sync.ts': SAYS,
    'app/.env': 'SEEN=no',
    'my.env': 'SEEN=yes',
  })
  const args = ['doctor', '--module', 'app/sync.ts', '--env', 'my.env']
  expect((await clerkSync(args, { cwd })).stderr).toContain('seen yes\n')
})

test.each([
  [
    'there is none',
    {},
    [],
    /No module that exports clerkSync was found. Looked for src\/clerk-sync.ts, .*--module FILE/,
  ],
  ['the named one is not there', {}, ['--module', 'a.ts'], /There is no file a.ts, which --module names/],
  ['the named file of settings is not there', { 'clerk-sync.ts': MODULE }, ['--env', 'x'], /There is no file x/],
  [
    'it exports another thing',
    { 'clerk-sync.ts': 'export const sync = 1' },
    [],
    /exports no clerkSync: it exports sync/,
  ],
  [
    'an import is missing',
    { 'clerk-sync.ts': "import 'nowhere'" },
    [],
    /clerk-sync.ts could not be loaded. .*'nowhere'/,
  ],
  [
    'it throws',
    { 'clerk-sync.ts': "throw new Error('no database')" },
    [],
    /could not be loaded. no database \(.*clerk-sync.ts:1/,
  ],
  ['its options are wrong', { 'clerk-sync.ts': MODULE.replace('onResult', 'onresult') }, [], /did you mean "onResult"/],
])('exit code 2, and what is right, when %s', async (_, files, args, message) => {
  const ended = await clerkSync(['doctor', '--json', ...args], { cwd: applicationWith(files) })
  expect(ended.code).toBe(2)
  expect(ended.stderr).toMatch(message)
  expect(ended.stderr).not.toContain('    at ')
  expect(jsonOf(ended)).toMatchObject({ command: 'doctor', ok: false, error: { code: 'usage' } })
})

test('no secret is printed, whoever quotes it', async () => {
  const cwd = applicationWith({
    'clerk-sync.ts':
      'const { DATABASE_URL, CLERK_SECRET_KEY, CLERK_WEBHOOK_SIGNING_SECRET } = process.env\n' +
      "throw new Error(['cannot reach', DATABASE_URL, CLERK_SECRET_KEY, CLERK_WEBHOOK_SIGNING_SECRET, 'p@ssword!'].join(' '))",
  })
  const env = {
    DATABASE_URL: 'postgres://ada:p%40ssword!@db.example.com/app',
    CLERK_SECRET_KEY: 'sk_test_abcdefghijklmnop',
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
  }
  const { stdout, stderr } = await clerkSync(['doctor', '--json'], { cwd, env })
  expect(stderr).toContain('cannot reach')
  for (const secret of ['ssword', 'abcdefgh', 'MfKQ9r8G']) expect(stdout + stderr).not.toContain(secret)
})

const FAILURE = "Object.assign(new Error('lost postgres://ada:open-sesame@db'), { detail: 'ada@example.com' })"

test.each([
  ['a rejection', `void Promise.reject(${FAILURE})`],
  ['an exception', `setTimeout(() => { throw ${FAILURE} })`],
])('%s beside the command is said without secrets and rows, in JSON as well, with exit code 1', async (_, failing) => {
  const cwd = applicationWith({ 'clerk-sync.ts': `${failing}\nawait new Promise(() => setTimeout(() => {}, 60_000))` })
  const ended = await clerkSync(['prune', '--json'], { cwd })
  expect(ended.stderr).toMatch(/^error: lost postgres:\/\/…@db/m)
  expect(jsonOf(ended)).toMatchObject({
    command: 'prune',
    ok: false,
    error: { code: 'unexpected', message: expect.stringContaining('lost postgres://…@db') },
  })
  expect(ended.code).toBe(1)
  expect(ended.stdout + ended.stderr).not.toMatch(/open-sesame|ada@example/)
})
