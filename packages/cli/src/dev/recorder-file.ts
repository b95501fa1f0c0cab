import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where `recordDeliveries` of @clerk-sync/core/dev looks, from the folder that an application runs in upwards. */
const PLACE = 'node_modules/.cache/clerk-sync/dev.json'

/** What an application needs to show its deliveries here. */
export interface RecorderAddress {
  readonly address: string
  readonly token: string
}

/** Tells the applications of a folder where their deliveries go. For its owner's eyes: the token is in it. */
export function writeRecorderFile(folder: string, recorder: RecorderAddress): string {
  const file = join(folder, PLACE)
  mkdirSync(dirname(file), { recursive: true })
  // A file that is there keeps its mode, and an application may look at any time.
  const beside = `${file}.${process.pid}`
  rmSync(beside, { force: true })
  writeFileSync(beside, JSON.stringify(recorder), { mode: 0o600, flag: 'wx' })
  renameSync(beside, file)
  return file
}

/** Not where another `clerk-sync dev` has written its own since. */
export function removeRecorderFile(file: string, { token }: RecorderAddress): void {
  if (tokenIn(file) === token) rmSync(file, { force: true })
}

function tokenIn(file: string): unknown {
  try {
    return Reflect.get(Object(JSON.parse(readFileSync(file, 'utf8'))), 'token')
  } catch {
    return undefined
  }
}
