import type { SyncColumns } from '@clerk-sync/adapter-kysely'

export interface Database {
  users: SyncColumns & {
    id: string
    email: string | null
    first_name: string | null
    last_name: string | null
    image_url: string | null
  }
}
