import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { pgTable, text } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: clerkId().primaryKey(),
  email: text(),
  firstName: text(),
  lastName: text(),
  imageUrl: text(),
  ...syncColumns(),
})
