import { EntityChanges, type Surroundings } from './changes.ts'
import type { Instance } from './routes.ts'
import { KINDS, type Kind, type World } from './world.ts'

const BILLED = ['subscriptions', 'subscriptionItems'] as const

/** What goes when a user or an organization is deleted: without events of their own. */
const GO_WITH: { readonly [K in Kind]?: readonly Kind[] } = {
  users: ['memberships', 'sessions', ...BILLED],
  organizations: ['memberships', 'organizationInvitations', 'organizationDomains', ...BILLED],
}

/** The instance with the changes that can be made to it. */
export function instanceOf(world: World, surroundings: Surroundings): Instance {
  const changes = Object.fromEntries(
    (Object.keys(KINDS) as Kind[]).map((kind) => {
      const goWith = (id: string) => {
        const owner = kind === 'users' ? { userId: id } : { organizationId: id }
        for (const other of GO_WITH[kind] ?? []) {
          for (const entry of world.belonging(other, owner)) world.of(other).remove(entry.id)
        }
      }
      return [kind, new EntityChanges(KINDS[kind].entity, world.of(kind), surroundings, goWith)]
    }),
  ) as unknown as Instance['changes']
  return { id: surroundings.instanceId, world, changes }
}
