// database.ts
import type { ClerkEventsTable, SyncColumns } from '@clerk-sync/adapter-kysely'
import type { Generated } from 'kysely'

interface UserTable extends SyncColumns {
  id: Generated<number>
  clerk_id: string
  email: string
  display_name: string | null
}

export interface Database {
  app_user: UserTable
  workspaces: { owner_id: string; name: string } // yours: only your hook writes it
  clerk_events: ClerkEventsTable
}
