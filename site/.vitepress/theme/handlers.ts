import type { ClerkEvent, ClerkSync } from '@clerk-sync/core'

/** A user's name by the user's id: whom the table shows. */
export type Rows = ReadonlyMap<string, string>

export interface Handler {
  /** What the delivery is answered. */
  deliver(event: ClerkEvent): Promise<string>
  rows(): Rows
}

interface Person {
  readonly first_name?: string | null
  readonly last_name?: string | null
}

export function nameOf(person: Person): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ')
}

/** The handler that guides show: was it processed, insert or update or delete, remember that it was. */
export function byHand(): Handler {
  const users = new Map<string, string>()
  const processed = new Set<string>()
  return {
    async deliver({ id, type, data }) {
      if (processed.has(id)) return 'processed before'
      const userId = String(data.id)
      if (type === 'user.created') {
        if (users.has(userId)) return '500: duplicate key'
        users.set(userId, nameOf(data as Person))
      } else if (type === 'user.updated') {
        users.set(userId, nameOf(data as Person))
      } else {
        users.delete(userId)
      }
      processed.add(id)
      return 'ok'
    },
    rows: () => users,
  }
}

/** The library itself, on its adapter that stores in memory. It is loaded when it is first asked for. */
export async function byClerkSync(): Promise<Handler> {
  const [{ createClerkSync }, { memoryAdapter }] = await Promise.all([
    import('@clerk-sync/core'),
    import('@clerk-sync/core/memory'),
  ])
  const adapter = memoryAdapter({ users: { columns: { fullName: {} } } })
  const clerkSync: Pick<ClerkSync, 'apply'> = createClerkSync({
    adapter,
    // No signature is checked here: events are applied, not received.
    signingSecret: `whsec_${btoa('a secret that signs nothing')}`,
  })
  return {
    deliver: (event) => clerkSync.apply(event),
    rows: () =>
      new Map(
        adapter
          .rows('users')
          .filter(({ deletedAt }) => deletedAt === null)
          .map(({ id, fullName }) => [id, String(fullName)]),
      ),
  }
}
