import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { backfill, reconcile } from '@clerk-sync/core/clerk-api'
import { readerOn } from './reader-database.ts'

// Reads from Clerk in a process of its own, which may be killed at any time.

const environment = (name: string) => process.env[name] ?? ''
const file = environment('READER_CHECKPOINT')
const clerkSync = readerOn(environment('READER_DATABASE'), environment('READER_ON_DELETE') as 'erase' | 'keep')
const options = { limits: { requestsPer10s: 100_000, retries: 4 } }

function load(): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function save(checkpoint: object | undefined): void {
  if (!checkpoint) {
    rmSync(file, { force: true })
    return
  }
  writeFileSync(`${file}.new`, JSON.stringify(checkpoint))
  renameSync(`${file}.new`, file)
}

if (environment('READER_COMMAND') === 'backfill') await backfill(clerkSync, { ...options, checkpoint: { load, save } })
else await reconcile(clerkSync, { ...options, settleMs: 0, maxDeletes: 10_000 })
process.exit(0)
