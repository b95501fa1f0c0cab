// npm run faults [-- 1000]: that many injected faults on each driver, and a table of what came of them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { node, toolFile } from '../tools.mjs'

const [faults = '240'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-faults-'))
const file = join(folder, 'figures.jsonl')
try {
  process.env.CLERK_SYNC_FAULTS = faults
  process.env.CLERK_SYNC_FAULTS_FILE = file
  const { ok, output } = await node([toolFile('vitest'), 'run', 'fault-run.test'])
  if (!ok) console.error(output)
  process.exitCode = ok ? 0 : 1
  const columns = [
    'driver',
    'faults',
    'atCommit',
    'refused',
    'unanswered',
    'restarts',
    'answeredMs',
    'recoveredMs',
    'lost',
    'doubled',
  ]
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .sort((a, b) => a.driver.localeCompare(b.driver))
  const line = (/** @type {unknown[]} */ cells) => `| ${cells.join(' | ')} |`
  console.log(
    line([
      'driver',
      'faults',
      'at commit',
      'refused, sent again',
      'no answer in silence',
      'restarts',
      'longest answer, ms',
      'longest recovery, ms',
      'lost',
      'doubled',
    ]),
  )
  console.log(line(columns.map(() => '---')))
  for (const row of rows) console.log(line(columns.map((column) => row[column])))
} finally {
  rmSync(folder, { recursive: true })
}
