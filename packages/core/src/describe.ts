import type { ClerkEventType } from './entities/clerk-event.ts'
import { effectOf } from './entities/effect-of.ts'
import { EVENT_TYPES } from './entities/event-types.ts'
import type { DeleteMode, Entity, SyncAdapter } from './port/sync-adapter.ts'

/** What a `ClerkSync` was made of, for tools. Nothing in it is secret. */
export interface ClerkSyncDescription {
  /** The adapter's name: `drizzle:postgres`. */
  readonly adapter: string
  /** The tables that are kept in sync. */
  readonly tables: readonly {
    readonly entity: Entity
    /** Its name in the database, as in the messages of `check()`. */
    readonly name: string
    readonly onDelete: DeleteMode
  }[]
  /** The event types that have a hook. */
  readonly hooks: readonly string[]
  /** Whether there is a ledger, `events`. */
  readonly ledger: boolean
  /** Whether there is a table of dead letters. */
  readonly deadLetters: boolean
  /** The option `instanceId`. */
  readonly instanceId: string | undefined
  /** The event types to which the endpoint in the Clerk Dashboard must be subscribed: those of the tables and of the hooks. */
  readonly eventTypes: readonly string[]
}

interface Made {
  readonly adapter: SyncAdapter
  readonly mappings: { readonly [E in Entity]?: { readonly mode: DeleteMode } }
  readonly hooks: ReadonlyMap<string, unknown>
  readonly instanceId: string | undefined
}

export function describe({ adapter, mappings, hooks, instanceId }: Made): ClerkSyncDescription {
  const entities = Object.keys(mappings) as Entity[]
  const tables = entities.flatMap((entity) => {
    const name = adapter.tables[entity]?.name
    const mode = mappings[entity]?.mode
    return name === undefined || mode === undefined ? [] : [{ entity, name, onDelete: mode }]
  })
  const ofTables = EVENT_TYPES.filter((type) => entities.includes(effectOf(type)?.entity as Entity))
  const needed = new Set<string>([...ofTables, ...hooks.keys()])
  // In the order of Clerk's catalogue; what it does not have yet comes last.
  const place = (type: string) => EVENT_TYPES.indexOf(type as ClerkEventType) >>> 0
  return {
    adapter: adapter.name,
    tables,
    hooks: [...hooks.keys()],
    ledger: adapter.ledger,
    deadLetters: adapter.deadLetters !== undefined,
    instanceId,
    eventTypes: [...needed].sort((a, b) => place(a) - place(b)),
  }
}
