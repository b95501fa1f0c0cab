import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { CheckpointStore } from '@clerk-sync/core/clerk-api'
import { UsageError } from '../errors.ts'

/** A checkpoint in a file, which is there whole or as it was before, and is gone at the end. */
export function checkpointFile(path: string): CheckpointStore {
  return {
    load() {
      if (!existsSync(path)) return undefined
      try {
        return JSON.parse(readFileSync(path, 'utf8'))
      } catch (cause) {
        throw new UsageError(`${path} holds no checkpoint. Remove it to start from the beginning.`, { cause })
      }
    },
    save(checkpoint) {
      if (checkpoint === undefined) return rmSync(path, { force: true })
      writeFileSync(`${path}.new`, JSON.stringify(checkpoint))
      renameSync(`${path}.new`, path)
    },
  }
}
