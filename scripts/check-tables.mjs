// Whether the documents, and the tests, have the tables of scripts/tables/applications.ts.
//   node scripts/check-tables.mjs [--update]
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fixtures, regions, withRegions } from './tables/documents.ts'
import { root } from './tools.mjs'

const made = new Map(Object.entries(fixtures()))
for (const [document, ofIt] of Object.entries(regions())) {
  made.set(document, withRegions(readFileSync(join(root, document), 'utf8'), ofIt))
}
const left = globSync('packages/*/test/fixtures/tables/*/*', { cwd: root })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => !made.has(path))

if (process.argv.includes('--update')) {
  for (const [path, text] of made) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  for (const path of left) rmSync(join(root, path))
} else {
  const differing = [...made]
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text)
    .map(([path]) => path)
  for (const path of [...differing, ...left]) {
    console.error(`${path} is not what scripts/tables/applications.ts says: npm run tables writes it.`)
    process.exitCode = 1
  }
}
