import { type KitShape, SHAPES, type Shape, type SyncedTableName } from '@clerk-sync/adapter-testkit'
import { type ModelName, modelName } from './models.ts'

type Tables<S extends Shape> = (typeof SHAPES)[S]['tables']

/** What `prismaAdapter` is given for each shape of the kit: every client has the same models. */
export const shapes = Object.fromEntries(
  Object.entries<KitShape>(SHAPES).map(([shape, { tables, ledger }]) => {
    const models = Object.entries<SyncedTableName>(tables).map(([entity, table]) => [entity, modelName(table)])
    return [shape, { ...Object.fromEntries(models), ...(ledger && { event: modelName('events') }) }]
  }),
) as {
  readonly [S in Shape]: {
    readonly [E in keyof Tables<S>]: ModelName<Tables<S>[E] & string>
  } & ((typeof SHAPES)[S]['ledger'] extends true ? { readonly event: 'clerkEvent' } : unknown)
}
