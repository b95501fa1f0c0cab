import { ClerkSyncError } from '@clerk-sync/core'
import type { SqlTable } from '@clerk-sync/core/sql'
import type { ClientFacts } from './client.ts'
import { encode } from './encode.ts'
import type { Field, Model } from './schema.ts'

/** The schema that a model's table is in, where the schema or the driver adapter names one. */
export function schemaOf(model: Model, { database, schema }: ClientFacts): string | undefined {
  return model.schema ?? (database === 'postgres' ? schema : undefined)
}

export function sqlTable(model: Model, facts: ClientFacts): SqlTable {
  const mark = facts.database === 'mysql' ? '`' : '"'
  const quote = (name: string) => mark + name.replaceAll(mark, mark + mark) + mark
  const prefix = schemaOf(model, facts)
  const fieldOf = (property: string) => model.fields.get(property) as Field
  return {
    name: model.name,
    quoted: prefix === undefined ? quote(model.table) : `${quote(prefix)}.${quote(model.table)}`,
    column: (property) => quote(fieldOf(property).column),
    encode: (property, value) => encode(model.name, fieldOf(property), value),
  }
}

export function modelOf(name: string, { models }: ClientFacts): Model {
  const model = models.get(name)
  if (model) return model
  throw refuse(`The client has no model "${name}": it has ${[...models.keys()].join(', ')}.`)
}

export function need(model: Model, name: string, fix: string): Field {
  const field = model.fields.get(name)
  if (field) return field
  throw refuse(`The model ${model.name} has no field ${name}. ${fix}`)
}

export function needLength({ name }: Model, version: Field, length: number): void {
  if (version.length === undefined || version.length >= length) return
  throw refuse(`${name}.${version.name} must hold ${length} characters: leave @db.VarChar out.`)
}

export function refuse(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
