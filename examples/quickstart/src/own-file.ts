import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from './settings.ts'

/** An embedded database that is there again after a restart. */
export function ownFile(): Database {
  const directory = join(import.meta.dirname, '..', '.data')
  mkdirSync(directory, { recursive: true })
  return { dialect: 'sqlite', address: join(directory, 'quickstart.db') }
}
