import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable('users', {
  id: clerkId().primaryKey(),
  email: text(),
  firstName: text(),
  lastName: text(),
  imageUrl: text(),
  ...syncColumns(),
})
