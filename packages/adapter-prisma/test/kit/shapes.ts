import type { ENTITIES, SHAPES, Shape } from '@clerk-sync/adapter-testkit'
import type { Entity } from '@clerk-sync/core'
import { partShapesOf, shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import { type ModelName, modelName } from './models.ts'

type Tables<S extends Shape> = (typeof SHAPES)[S]['tables']

type Shapes = {
  readonly [S in Shape]: {
    readonly [E in keyof Tables<S> & Entity as (typeof ENTITIES)[E]['table']]: ModelName<Tables<S>[E] & string>
  } & ((typeof SHAPES)[S]['ledger'] extends true ? { readonly events: 'clerkEvent' } : unknown)
}

/** What `prismaAdapter` is given for each shape of the kit: every client has the same models. */
export const shapes = shapesOf(modelName, modelName('events')) as Shapes

/** The same with the versions beside, for the clients whose models have no sync fields. */
export const besideShapes = shapesBesideOf(modelName, modelName('events'), 'version') as {
  readonly [S in Shape]: Shapes[S] & { readonly versions: 'version' }
}

interface PartShapes {
  readonly parts: {
    readonly users: 'user'
    readonly emailAddresses: 'emailAddress'
    readonly phoneNumbers: 'phoneNumber'
    readonly externalAccounts: 'externalAccount'
    readonly web3Wallets: 'web3Wallet'
    readonly events: 'clerkEvent'
  }
  readonly uniqueParts: {
    readonly users: 'user'
    readonly emailAddresses: 'uniqueEmailAddress'
    readonly events: 'clerkEvent'
  }
}

/** For the shapes with tables of parts. */
export const partShapes = partShapesOf(modelName('users'), modelName, {
  events: modelName('events'),
}) as object as PartShapes

/** The same with the versions beside. */
export const besidePartShapes = partShapesOf(modelName('users'), modelName, {
  events: modelName('events'),
  versions: 'version',
}) as object as { readonly [S in keyof PartShapes]: PartShapes[S] & { readonly versions: 'version' } }
