import { VERSION_LENGTH } from '@clerk-sync/core/adapter'
import {
  LEDGER_COLUMNS,
  LETTER_COLUMNS,
  type LedgerTable,
  type LettersTable,
  VERSION_COLUMNS,
  type VersionsTable,
} from '@clerk-sync/core/sql'
import type { ClientFacts } from './client.ts'
import { modelOf, need, needLength, refuse, sqlTable } from './model-table.ts'
import type { Field } from './schema.ts'

/** @throws ClerkSyncError `config_invalid` for a model that is not the ledger's. */
export function ledgerTable(name: string, facts: ClientFacts): LedgerTable {
  const model = modelOf(name, facts)
  for (const field of LEDGER_COLUMNS) need(model, field, 'Take the model ClerkEvent from the README as it is.')
  if (!model.fields.get('id')?.unique)
    throw refuse(`${model.name}.id must be String @id: it is how a duplicate is recognized.`)
  return sqlTable(model, facts)
}

/** @throws ClerkSyncError `config_invalid` for a model that is not that of the versions. */
export function versionsTable(name: string, facts: ClientFacts): VersionsTable {
  const model = modelOf(name, facts)
  const take = 'Take the model ClerkVersion from the README as it is.'
  const fields = VERSION_COLUMNS.map((field) => need(model, field, take))
  for (const field of fields) {
    const isTime = field.name === 'deletedAt'
    if (field.type === (isTime ? 'DateTime' : 'String') && field.optional === isTime) continue
    throw refuse(`${model.name}.${field.name} must be ${isTime ? 'DateTime?' : 'String'}. ${take}`)
  }
  needLength(model, model.fields.get('version') as Field, VERSION_LENGTH)
  if (!model.keys.some((key) => key.length === 2 && key.includes('tableName') && key.includes('id'))) {
    throw refuse(`${model.name} must have @@id([tableName, id]), by which a version is raised. ${take}`)
  }
  return sqlTable(model, facts)
}

/** @throws ClerkSyncError `config_invalid` for a model that is not that of dead letters. */
export function lettersTable(name: string, facts: ClientFacts): LettersTable {
  const model = modelOf(name, facts)
  for (const field of LETTER_COLUMNS)
    need(model, field, 'Take the model ClerkDeadLetter from the page about dead letters as it is.')
  if (!model.fields.get('id')?.unique) throw refuse(`${model.name}.id must be String @id.`)
  return sqlTable(model, facts)
}
