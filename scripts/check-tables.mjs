// Whether the documents show the tables of scripts/tables/applications.ts.   node scripts/check-tables.mjs [--update]
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { regions, withRegions } from './tables/documents.ts'
import { root } from './tools.mjs'

const update = process.argv.includes('--update')
for (const [document, ofIt] of Object.entries(regions())) {
  const file = join(root, document)
  const text = readFileSync(file, 'utf8')
  const made = withRegions(text, ofIt)
  if (made === text) continue
  if (update) writeFileSync(file, made)
  else {
    console.error(`${document} does not show the tables of scripts/tables/applications.ts: npm run tables writes them.`)
    process.exitCode = 1
  }
}
