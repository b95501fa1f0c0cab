// The seam between the server and an ORM. To add one: a file like drizzle.ts, and a line below.
import type { ClerkSync, DeliveryResult } from '@clerk-sync/core'
import type { Database } from './settings.ts'

export type Row = { readonly id: string } & Readonly<Record<string, unknown>>

export interface Welcome {
  readonly userId: string
  readonly eventId: string
}

/** What the server needs of an ORM: the sync, which writes, and a few reads. */
export interface Store {
  readonly clerkSync: ClerkSync
  users(): Promise<readonly Row[]>
  organizations(): Promise<readonly Row[]>
  memberships(): Promise<readonly Row[]>
  welcomes(): Promise<readonly Welcome[]>
  close(): Promise<void>
}

export interface SyncOptions {
  readonly signingSecret: string
  readonly onResult: (result: DeliveryResult) => void
}

/** Connects, creates the tables if they are missing, and sets up the sync. */
export type OpenStore<D extends Database = Database> = (database: D, options: SyncOptions) => Promise<Store>

const adapters: Readonly<Record<string, () => Promise<OpenStore>>> = {
  drizzle: async () => (await import('./drizzle.ts')).openStore,
}

export const adapterNames = Object.keys(adapters)

/** @throws Error with one line that says what is wrong with the database. */
export async function openStore(adapter: string, database: Database, options: SyncOptions): Promise<Store> {
  const open = await adapters[adapter]?.()
  if (!open) throw new Error(`There is no adapter ${adapter}.`)
  const store = await open(database, options)
  // Tables that were there before may not fit: better said now than with the first delivery.
  const errors = (await store.clerkSync.check()).filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return store
  await store.close()
  throw new Error(`The database does not fit. ${errors.map((problem) => problem.message).join(' ')}`)
}
