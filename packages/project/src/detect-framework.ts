import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { frameworks } from './all-frameworks.ts'
import { type Framework, localFirst } from './framework.ts'
import { UsageError } from './usage-error.ts'

/** What an application without a framework of ours is treated as: a server on Node. */
const node: Framework = {
  name: 'node',
  title: 'Node.js',
  dependency: '',
  port: 3000,
  envFiles: localFirst,
  modules: ['src/clerk-sync', 'clerk-sync'],
}

export function frameworkOf(folder: string): Framework {
  const dependencies = dependenciesOf(folder)
  return frameworks.find(({ dependency }) => dependency in dependencies) ?? node
}

/** What the project's package.json asks for, by name. */
export function dependenciesOf(folder: string): Readonly<Record<string, string>> {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return {}
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8'))
    return { ...devDependencies, ...dependencies }
  } catch (cause) {
    throw new UsageError(`${path} is not JSON. Mend it first.`, { cause })
  }
}
