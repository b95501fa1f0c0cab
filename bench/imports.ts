import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { machine, quantile, ratioOf, writeFigures } from './report.ts'

const KYSELY = ['kysely', '@clerk-sync/adapter-kysely'] as const

/** What an application imports of its ORM, for its database and its tables, and what it imports of ours beside it. */
const APPLICATIONS = [
  ['Drizzle', 'node-postgres', ['drizzle-orm/node-postgres', 'drizzle-orm/pg-core'], drizzleAdapter('pg')],
  ['Drizzle', 'mysql2', ['drizzle-orm/mysql2', 'drizzle-orm/mysql-core'], drizzleAdapter('mysql')],
  ['Drizzle', 'better-sqlite3', ['drizzle-orm/better-sqlite3', 'drizzle-orm/sqlite-core'], drizzleAdapter('sqlite')],
  ['Kysely', 'pg', [KYSELY[0], 'pg'], [KYSELY[1]]],
  ['Kysely', 'mysql2', [KYSELY[0], 'mysql2'], [KYSELY[1]]],
  ['Kysely', 'better-sqlite3', [KYSELY[0], 'better-sqlite3'], [KYSELY[1]]],
] as const

function drizzleAdapter(dialect: 'pg' | 'mysql' | 'sqlite'): readonly string[] {
  return ['@clerk-sync/adapter-drizzle', `@clerk-sync/adapter-drizzle/${dialect}`]
}

/** How long an application takes to load, without us and with us, each time in a process of its own. */
export async function measureImports(rounds: number): Promise<void> {
  const rows = APPLICATIONS.map(([orm, driver, own, ours]) => {
    const times: Record<'own' | 'both' | 'whole', number[]> = { own: [], both: [], whole: [] }
    for (let round = 0; round < rounds; round++) {
      times.own.push(importTime(own))
      times.both.push(importTime([...own, ...ours]))
      times.whole.push(importTime([...own, ...ours, '@clerk-sync/core']))
    }
    const milliseconds = Math.round(quantile(0.5, times.own))
    return `| ${orm} | ${driver} | ${milliseconds} ms | ${ratioOf(times.both, times.own)} | ${ratioOf(times.whole, times.own)} |`
  })
  const head = ['| | driver | by itself | with the adapter | and createClerkSync |', '|---|---|---|---|---|']
  const run = `${machine()}: the medians of ${rounds} rounds, each import in a process of its own and in turn.`
  writeFigures(
    'npm run bench -- imports',
    [run, '', ...head, ...rows, '', ...sizes(), '', ...(await sizesOfCore())].join('\n'),
  )
}

/** What the packages weigh in a bundle, by the check that keeps them below their limits. */
function sizes(): readonly string[] {
  const { stdout, stderr } = spawnSync('npx', ['size-limit', '--json'], {
    encoding: 'utf8',
    cwd: new URL('..', import.meta.url),
  })
  if (!stdout) throw new Error(stderr)
  const measured: readonly { readonly name: string; readonly size: number }[] = JSON.parse(stdout)
  const rows = measured.map(({ name, size }) => `| ${name} | ${(size / 1000).toFixed(1)} kB |`)
  return ['| bundled, minified and gzipped | |', '|---|---|', ...rows]
}

/** What `createClerkSync` loads at once, by the folder of its source, and what it loads when that is first used. */
async function sizesOfCore(): Promise<readonly string[]> {
  const core = new URL('../packages/core/', import.meta.url)
  const { metafile } = await build({
    stdin: { contents: "export { createClerkSync } from './src/index.ts'", resolveDir: fileURLToPath(core) },
    absWorkingDir: fileURLToPath(core),
    external: ['svix'],
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
    outdir: 'out',
  })
  const chunks = Object.values(metafile.outputs)
  const atOnce = new Set(chunks.filter(({ entryPoint }) => entryPoint === '<stdin>'))
  for (const chunk of atOnce)
    for (const { path, kind } of chunk.imports)
      if (kind === 'import-statement' && metafile.outputs[path]) atOnce.add(metafile.outputs[path])
  const folders = new Map<string, number>()
  for (const { inputs } of atOnce)
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^src\/(\w[\w-]*)\//.exec(path)?.[1] ?? 'the files beside them'
      folders.set(folder, (folders.get(folder) ?? 0) + bytesInOutput)
    }
  const later = chunks.filter((chunk) => !atOnce.has(chunk)).reduce((sum, { bytes }) => sum + bytes, 0)
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB |`
  return [
    '| `createClerkSync`, minified | |',
    '|---|---|',
    ...[...folders].sort(([, a], [, b]) => b - a).map(([folder, bytes]) => `| ${folder} | ${kB(bytes)}`),
    `| what is loaded when it is first used | ${kB(later)}`,
  ]
}

function importTime(modules: readonly string[]): number {
  const script = `const started = performance.now()
    for (const module of ${JSON.stringify(modules)}) await import(module)
    console.log(performance.now() - started)`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  if (status !== 0) throw new Error(stderr)
  return Number(stdout)
}
