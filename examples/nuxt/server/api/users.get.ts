import { isNull } from 'drizzle-orm'
import { defineEventHandler } from 'h3'
import { users } from '../db/schema'
import { db } from '../utils/db'

export default defineEventHandler(() =>
  db.select({ id: users.id, email: users.email }).from(users).where(isNull(users.deletedAt)),
)
