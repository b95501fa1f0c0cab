import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, Mode } from './settings.ts'

/** An embedded database that is there again after a restart. */
export function ownFile(mode: Mode): Database {
  const directory = join(import.meta.dirname, '..', '.data')
  mkdirSync(directory, { recursive: true })
  return { dialect: 'sqlite', address: join(directory, mode === 'beside' ? 'quickstart-beside.db' : 'quickstart.db') }
}
