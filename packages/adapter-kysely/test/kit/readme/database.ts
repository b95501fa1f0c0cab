// database.ts
import type { ClerkEventsTable, SyncColumns } from '@clerk-sync/adapter-kysely'
import type { Generated } from 'kysely'

interface UserTable extends SyncColumns {
  id: Generated<number>
  clerk_id: string
  email: string
  display_name: string | null
  tagline: Generated<string | null> // yours: only your hook writes it
}

export interface Database {
  app_user: UserTable
  clerk_events: ClerkEventsTable
}
