import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'

export const users = mysqlTable('users', {
  id: clerkId().primaryKey(),
  email: varchar({ length: 320 }),
  firstName: varchar({ length: 255 }),
  lastName: varchar({ length: 255 }),
  imageUrl: text(),
  ...syncColumns(),
})
