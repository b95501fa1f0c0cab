// The seam between the server and an ORM.
import type { ClerkSync, DeliveryResult } from '@clerk-sync/core'

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
  /** What is left of the rows that were removed; left out where they stay in their tables. */
  tombstones?(): Promise<readonly Row[]>
  welcomes(): Promise<readonly Welcome[]>
  /** Runs the statements of a file of SQL. */
  run(statements: string): Promise<unknown>
  close(): Promise<void>
}

export interface SyncOptions {
  readonly signingSecret: string
  readonly onResult: (result: DeliveryResult) => void
}

/** The statements of a file of SQL, for drivers that take them one by one. */
export function statementsOf(file: string): readonly string[] {
  return file.split(/;\s*$/m).filter((part) => part.trim())
}
