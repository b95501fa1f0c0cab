import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { lookAt, type Project } from './project.ts'

/** The packages on which the application depends and whose sources lie beside it. */
export function workspacePackages({ folder, dependencies }: Project): { name: string; project: Project }[] {
  return Object.keys(dependencies).flatMap((name) => {
    const linked = installedAt(folder, name)
    const path = linked && realpathSync(linked)
    // What comes from a registry lies in node_modules, links resolved.
    const isBeside = path && !path.includes(`${sep}node_modules${sep}`) && !name.startsWith('@clerk-sync/')
    return isBeside ? [{ name, project: lookAt(path) }] : []
  })
}

function installedAt(folder: string, name: string): string | undefined {
  const path = join(folder, 'node_modules', name)
  if (existsSync(path)) return path
  const above = dirname(folder)
  return above === folder ? undefined : installedAt(above, name)
}
