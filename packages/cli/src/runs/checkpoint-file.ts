import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { CheckpointStore } from '@clerk-sync/core/clerk-api'
import { UsageError } from '../errors.ts'

/**
 * A checkpoint in a file, which is there whole or as it was before, and is gone at the end.
 *
 * @throws UsageError at once, before anything is done, where the file holds none or cannot be written
 */
export function checkpointFile(path: string): CheckpointStore {
  attempt(path, () => {
    if (existsSync(path)) closeSync(openSync(path, 'r+'))
    writeFileSync(`${path}.new`, '')
    rmSync(`${path}.new`)
  })
  const found = read(path)
  return {
    load: () => found,
    save(checkpoint) {
      if (checkpoint === undefined) return rmSync(path, { force: true })
      attempt(path, () => {
        writeFileSync(`${path}.new`, JSON.stringify(checkpoint))
        renameSync(`${path}.new`, path)
      })
    },
  }
}

function read(path: string): unknown {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${path} holds no checkpoint. Remove it to start from the beginning.`, { cause })
  }
}

function attempt(path: string, write: () => void): void {
  try {
    write()
  } catch (cause) {
    throw new UsageError(`${path}, which --checkpoint names, cannot be written.`, { cause })
  }
}
