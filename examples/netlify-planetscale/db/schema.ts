import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { index, int, mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'

export const users = mysqlTable('users', {
  id: int().primaryKey().autoincrement(),
  clerkId: clerkId('clerk_id').notNull().unique(),
  username: varchar({ length: 255 }),
  displayName: varchar('display_name', { length: 255 }),
  imageUrl: text('image_url'),
  email: varchar({ length: 320 }),
  tagline: varchar({ length: 160 }), // ours: no event touches it
  ...syncColumns(),
})

/** Ours. The user is their Clerk id: what a signed-in request knows, also before the webhook has come. */
export const blocks = mysqlTable(
  'blocks',
  {
    id: int().primaryKey().autoincrement(),
    userId: clerkId('user_id').notNull(),
    type: varchar({ length: 20, enum: ['link', 'code', 'mail', 'music', 'shop', 'video'] }).notNull(),
    label: varchar({ length: 80 }).notNull(),
    url: text().notNull(),
  },
  (table) => [index('blocks_user_id_idx').on(table.userId)],
)

export const events = clerkEventsTable()
