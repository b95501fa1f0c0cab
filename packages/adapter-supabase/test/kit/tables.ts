import { type KitColumn, SHAPES, type Shape, type SyncedTableName, TABLES } from '@clerk-sync/adapter-testkit'
import type { Entity } from '@clerk-sync/core'

const OPTION: Readonly<Record<Entity, string>> = {
  user: 'users',
  organization: 'organizations',
  organizationMembership: 'organizationMemberships',
  organizationInvitation: 'organizationInvitations',
  session: 'sessions',
}
const OWN = ['id', 'clerkId', 'clerkVersion', 'deletedAt']

/** What `supabaseAdapter` is given for a shape of the kit. */
export function optionsOf(shape: Shape) {
  const { tables, ledger } = SHAPES[shape]
  const listed = Object.entries<SyncedTableName>(tables).map(([entity, table]) => [
    OPTION[entity as Entity],
    { table, columns: columnsOf(TABLES[table].columns), key: TABLES[table].key === 'id' ? 'id' : 'clerk_id' },
  ])
  return { ...Object.fromEntries(listed), ...(ledger && { events: 'events' }) }
}

function columnsOf(columns: Readonly<Record<string, KitColumn>>): string[] {
  const mapped = Object.keys(columns).filter((property) => !OWN.includes(property))
  return mapped.map((property) => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
}
