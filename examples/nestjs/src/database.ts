import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'

@Injectable()
export class Database implements OnApplicationShutdown {
  readonly #pool = mysql.createPool({ uri: process.env.DATABASE_URL ?? '', connectTimeout: 5_000 })
  readonly db = drizzle({ client: this.#pool, casing: 'snake_case' })

  async onApplicationShutdown() {
    await this.#pool.end()
  }
}
