import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { dependenciesOf, projectHere, readEnvFiles, UsageError } from '../src/index.ts'

/** A folder of an application, and its files. */
function application(dependencies: Record<string, string>, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-project-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function read(folder: string, env: NodeJS.ProcessEnv, given?: readonly string[]) {
  const files = readEnvFiles(projectHere(folder), given, env)
  return { files: files.map((file) => file.slice(folder.length + 1)), env }
}

test('the framework is that of the nearest package.json', () => {
  const folder = application({ next: '16' })
  const inside = join(folder, 'app/api')
  mkdirSync(inside, { recursive: true })
  expect(projectHere(inside)).toMatchObject({ folder, framework: { name: 'nextjs', port: 3000 } })
  expect(projectHere(application({}))).toMatchObject({ framework: { name: 'node' } })
})

test('a package.json that is not JSON is named', () => {
  const folder = application({})
  writeFileSync(join(folder, 'package.json'), '{')
  expect(() => dependenciesOf(folder)).toThrow(UsageError)
  expect(() => dependenciesOf(folder)).toThrow(`${join(folder, 'package.json')} is not JSON`)
})

test('files are read as the framework reads them: the nearer one first, and what is set already stays', () => {
  const folder = application(
    { next: '16' },
    {
      '.env': 'A=env\nB=env\nC=env\nD=env',
      '.env.local': 'A=local\nB=local',
      '.env.development.local': 'A=development',
    },
  )
  const { files, env } = read(folder, { D: 'shell' })
  expect(files).toEqual(['.env.development.local', '.env.local', '.env'])
  expect(env).toEqual({ A: 'development', B: 'local', C: 'env', D: 'shell' })
  expect(read(folder, { NODE_ENV: 'production' }).files).toEqual(['.env.local', '.env'])
})

test('with --env these are read and no others, the last the strongest, and one that is not there is named', () => {
  const folder = application({ next: '16' }, { '.env': 'A=env', one: 'A=one\nB=one', two: 'A=two' })
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  expect(read(folder, {}, [one, two])).toEqual({ files: ['two', 'one'], env: { A: 'two', B: 'one' } })
  expect(() => read(folder, {}, [join(folder, 'three')])).toThrow(/There is no file .*three, which --env names/)
})

test('a value may name others, as the frameworks expand them', () => {
  const text = [
    'HOST=db.example.com',
    `URL=postgres://\${USER_NAME:-me}@$HOST/app`,
    'PRICE=\\$5',
    'SELF=$SELF',
    'ROUND=$TRIP',
    'TRIP=$ROUND',
    `SHELL_HOST=\${OUTSIDE}`,
  ].join('\n')
  const { env } = read(application({}, { '.env': text }), { OUTSIDE: 'shell' })
  expect(env).toMatchObject({ URL: 'postgres://me@db.example.com/app', PRICE: '$5', SELF: '', SHELL_HOST: 'shell' })
  expect([env.ROUND, env.TRIP]).toEqual(['', ''])
})
