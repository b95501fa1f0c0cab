import { posix } from 'node:path'
import { LEDGER_MODEL, modelName, prismaModels } from '../../tables/prisma.ts'
import { type Choices, chosenTables } from '../choices.ts'
import type { Place } from './orm-parts.ts'
import { PRISMA_SCHEMA } from './prisma-config.ts'

/** A schema that is there, with the models that it lacks. A model of the name stays as it is. */
export function withModels(schema: string, choices: Pick<Choices, 'tables' | 'database' | 'ledger'>): string {
  const isThere = (model: string) => new RegExp(`^\\s*model\\s+${model}\\b`, 'm').test(schema)
  const missing = chosenTables(choices).filter(({ name }) => !isThere(modelName(name)))
  const ledger = choices.ledger && !isThere(LEDGER_MODEL)
  if (missing.length === 0 && !ledger) return schema
  return `${schema.trimEnd()}\n\n${prismaModels(missing, choices.database, { ledger })}`
}

/** Where the client is that the schema's generator makes, as the module imports it. */
export function clientImport(schema: string, { folder, extension }: Place): string {
  const generator = /generator\s+\w+\s*\{([^}]*)\}/.exec(schema)?.[1] ?? ''
  const output = /output\s*=\s*"([^"]+)"/.exec(generator)?.[1]
  if (output === undefined) return '@prisma/client'
  const path = posix.relative(folder || '.', posix.join(posix.dirname(PRISMA_SCHEMA), output))
  const client = path.startsWith('.') ? path : `./${path}`
  // The older generator makes a package, the newer one files.
  return /provider\s*=\s*"prisma-client-js"/.test(generator) ? client : `${client}/client${extension}`
}
