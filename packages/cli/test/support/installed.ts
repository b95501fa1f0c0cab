import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../../..')

/** Gives an application what it would have installed. @param installed - names of packages, by the folder that has them */
export function install(folder: string, installed: Readonly<Record<string, readonly string[]>>): void {
  for (const [owner, names] of Object.entries(installed)) {
    for (const name of names) {
      const path = join(folder, 'node_modules', name)
      mkdirSync(dirname(path), { recursive: true })
      symlinkSync(join(ROOT, owner, 'node_modules', name), path, 'junction')
    }
  }
}
