import { Controller, Get } from '@nestjs/common'
import { isNull } from 'drizzle-orm'
import { Database } from './database.js'
import { users } from './schema.js'

@Controller('users')
export class UsersController {
  constructor(private readonly database: Database) {}

  @Get()
  list() {
    return this.database.db.select().from(users).where(isNull(users.deletedAt))
  }
}
