import { posix } from 'node:path'
import { LEDGER_MODEL, modelName, prismaModels } from '../../tables/prisma.ts'
import { snakeCase } from '../../tables/table.ts'
import { type Choices, chosenTables } from '../choices.ts'
import type { Project } from '../project.ts'
import type { Place } from './orm-parts.ts'
import { PRISMA_SCHEMA } from './prisma-config.ts'
import { configOf } from './tool-config.ts'

/** A schema that is there: a file, or all files of a folder. */
export interface Schema {
  readonly path: string
  /** Nothing where the settings name it in a way that cannot be read. */
  readonly text: string
  /** What the generator's output is relative to. */
  readonly generatorFolder: string
}

/** The schema of the project, where it has one: there Prisma looks, whatever else there is. */
export function schemaOf(project: Project): Schema | undefined {
  const path = namedSchema(project) ?? ['schema.prisma', PRISMA_SCHEMA, 'prisma/schema'].find(project.has)
  if (path === undefined) return undefined
  // Named, and not there yet: it is where init would put it.
  if (path === PRISMA_SCHEMA && !project.has(path)) return undefined
  const files = [path, ...project.filesBelow(path)].filter((file) => file.endsWith('.prisma'))
  const texts = files.map((file) => ({ file, text: project.read(file) ?? '' }))
  const text = texts.map((one) => one.text).join('\n')
  const withGenerator = texts.find((one) => GENERATOR.test(one.text))?.file ?? path
  return { path, text, generatorFolder: posix.dirname(withGenerator) }
}

/** What the settings say; where that is no plain path, they themselves. */
function namedSchema(project: Project): string | undefined {
  const config = configOf(project, 'prisma')
  if (config) {
    const value = /\bschema\s*:\s*(\w*\.?(?:join|resolve)\([^)]*\)|["'`][^"'`]*["'`]|\S+)/.exec(config.text)?.[1]
    if (value !== undefined) {
      const parts = [...value.matchAll(/["'`]([^"'`]*)["'`]/g)].map(([, part = '']) => part)
      return parts.length > 0 ? posix.join(posix.dirname(config.path), ...parts) : config.path
    }
  }
  const named: unknown = JSON.parse(project.read('package.json') ?? '{}').prisma?.schema
  return typeof named === 'string' ? posix.normalize(named) : undefined
}

/** A model of the table: of the usual name, of the table's own, as `prisma db pull` writes it, or mapped to it. */
export function modelBefore(
  schema: string,
  table: string,
): { readonly name: string; readonly body: string } | undefined {
  const models = [...schema.matchAll(/^[ \t]*model\s+(\w+)\s*\{(.*?)^[ \t]*\}/gms)].map(([, name = '', body = '']) => ({
    name,
    body,
  }))
  const sqlName = snakeCase(table)
  const mapped = new RegExp(`^\\s*@@map\\(\\s*(name:\\s*)?"${sqlName}"`, 'm')
  return (
    models.find(({ name }) => name === modelName(table)) ??
    models.find(({ name, body }) => name === sqlName || mapped.test(body))
  )
}

/**
 * The models that a schema lacks. A model of the name stays as it is.
 *
 * @param module - the text of the module that exports clerkSync, which may give a table a model of another name
 */
export function missingModels(
  schema: string,
  choices: Pick<Choices, 'tables' | 'database' | 'ledger'>,
  module = '',
): string {
  const isThere = (table: string, usual: string) => {
    const given = new RegExp(`\\b${table}\\s*:\\s*(?:\\{[^}]*\\bmodel\\s*:\\s*)?['"](\\w+)['"]`).exec(module)?.[1]
    const models = given ? [given.charAt(0).toUpperCase() + given.slice(1), given] : [usual]
    return models.some((model) => new RegExp(`^\\s*model\\s+${model}\\b`, 'm').test(schema))
  }
  const missing = chosenTables(choices).filter(
    ({ name }) => !modelBefore(schema, name) && !isThere(name, modelName(name)),
  )
  return prismaModels(missing, choices.database, { ledger: choices.ledger && !isThere('events', LEDGER_MODEL) })
}

const GENERATOR = /generator\s+\w+\s*\{([^}]*)\}/

/** Where the client is that the schema's generator makes, as the module imports it. */
export function clientImport({ text, generatorFolder }: Schema, { folder, extension }: Place): string {
  const generator = GENERATOR.exec(text)?.[1] ?? ''
  const output = /output\s*=\s*"([^"]+)"/.exec(generator)?.[1]
  if (output === undefined) return '@prisma/client'
  const path = posix.relative(folder || '.', posix.join(generatorFolder, output))
  const client = path.startsWith('.') ? path : `./${path}`
  // The older generator makes a package, the newer one files.
  return /provider\s*=\s*"prisma-client-js"/.test(generator) ? client : `${client}/client${extension}`
}
