import { type Part, type PartColumnNames, partColumnNames, RESERVED_COLUMNS } from '@clerk-sync/core/adapter'
import type { PartTable } from '@clerk-sync/core/sql'
import type { ClientFacts } from './client.ts'
import { modelOf, need, refuse, sqlTable } from './model-table.ts'
import { computedIn, infoOf, isRequired, refuseUnknownDefaults, unfitFor } from './synced-table.ts'
import type { NamedPartModel } from './types.ts'

/** @throws ClerkSyncError `config_invalid` for options that are none. */
export function namedPart(part: Part, given: string | NamedPartModel): NamedPartModel {
  return typeof given === 'object'
    ? { model: given.model, ...partColumnNames(`The model for ${part}`, 'model', given) }
    : { model: given }
}

/** @throws ClerkSyncError `config_invalid` for what the schema shows to be wrong. */
export function partTable(part: Part, name: string, facts: ClientFacts, names: PartColumnNames): PartTable {
  const model = modelOf(name, facts)
  const { key = model.fields.has('clerkId') ? 'clerkId' : 'id', owner = 'userId' } = names
  const fix = `Add userId String and id String, or name yours: { model: '${name}', key: '…', owner: '…' }.`
  const own = [need(model, owner, fix), need(model, key, fix)]
  for (const field of own) {
    if (field.type !== 'String' || field.optional) {
      throw refuse(`${model.name}.${field.name} holds a Clerk id: it must be a String.`)
    }
    const unfit = unfitFor('user', field, facts)
    if (unfit) throw refuse(`${model.name}.${field.name} ${unfit}`)
  }
  if (!model.keys.some((fields) => fields.length === 2 && fields.includes(owner) && fields.includes(key))) {
    throw refuse(
      `${model.name} must have @@id([${owner}, ${key}]), or @@unique: a user's id and the part's own are its key.`,
    )
  }
  refuseUnknownDefaults(model)
  const ownId = key === 'id' ? undefined : model.fields.get('id')
  if (ownId && isRequired(ownId)) {
    throw refuse(`${model.name}.id is the application's own key and nothing fills it: give it a @default.`)
  }
  const taken = new Set([...RESERVED_COLUMNS, key, owner])
  const filled = [...model.fields.values()].filter((field) => !taken.has(field.name))
  return {
    ...sqlTable(model, facts),
    part,
    owner,
    key,
    columns: Object.fromEntries(filled.map((field) => [field.name, infoOf(field, facts)])),
    computed: computedIn(model),
  }
}
