import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'

/** An application that does not sync yet. */
export const accounts = mysqlTable('accounts', {
  id: int().autoincrement().primaryKey(),
  email: varchar({ length: 255 }),
})
